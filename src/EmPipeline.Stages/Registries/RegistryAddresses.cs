using System.Globalization;
using System.Text.RegularExpressions;
using EmPipeline.Catalog.Consolidation;
using EmPipeline.Stages.Configuration;

namespace EmPipeline.Stages.Registries;

/// <summary>Where public registries answer programs, all anonymous, and what reads their answers.</summary>
internal static partial class RegistryAddresses
{
    public const string IdrImageData = "idr-imgdata";
    public const string IdrImage = "idr-image";
    public const string EmpiarEntry = "empiar-entry";

    public static IEnumerable<(string Kind, Uri Address)> Of(RegistryEntry entry)
    {
        var id = entry.Id.ToString(CultureInfo.InvariantCulture);
        return entry.Registry switch
        {
            "idr" =>
            [
                (IdrImageData, new Uri($"https://idr.openmicroscopy.org/webgateway/imgData/{id}/")),
                (IdrImage, new Uri($"https://idr.openmicroscopy.org/api/v0/m/images/{id}/")),
            ],
            _ => [(EmpiarEntry, new Uri($"https://www.ebi.ac.uk/empiar/api/entry/EMPIAR-{id}/"))],
        };
    }

    /// <summary>What an answer states.</summary>
    /// <param name="place">Where it came from, for messages.</param>
    /// <param name="files">Of an entry with several sets of images, where the files in question lie (<see cref="FilesOf"/>).</param>
    /// <exception cref="EmPipeline.Volumes.EmException">It is no answer: a page that says that the service is down, a refusal.</exception>
    public static IReadOnlyList<Claim> Parse(string kind, string json, string place, string? files = null) => kind switch
    {
        IdrImageData => OmeroImageData.Parse(json, place),
        IdrImage => OmeroImage.Parse(json, place),
        _ => EmPipeline.Catalog.Consolidation.EmpiarEntry.Parse(json, place, files),
    };

    /// <summary>Where a source's files lie below their EMPIAR entry, as a path or pattern; null where they are of none.</summary>
    public static string? FilesOf(SourceConfig source) => source.Kind switch
    {
        SourceKind.Empiar => source.Part,
        SourceKind.Http when InEmpiar().Match(source.Address) is { Success: true } match => Uri.UnescapeDataString(match.Groups["files"].Value),
        _ => null,
    };

    [GeneratedRegex("/empiar/world_availability/[0-9]+/(?<files>.+)$")]
    private static partial Regex InEmpiar();
}
