using System.Globalization;
using EmPipeline.Stages.Configuration;

namespace EmPipeline.Stages.Download;

/// <summary>Where public registries answer programs; all anonymous.</summary>
internal static class RegistryAddresses
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
}
