using System.Text.RegularExpressions;
using EmPipeline.Stages.Configuration;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Add;

/// <summary>An entry of a registry as a person names it on the command line.</summary>
/// <param name="Address">Its number, name or link.</param>
/// <param name="Part">Which of its files or arrays; null where it does not say.</param>
internal sealed partial record EntryName(SourceKind Kind, string Address, string? Part)
{
    private const string Expected = "empiar:10311, empiar:10311/data/*.dm3, idr:9846137, openorganelle:jrc_mus-nacc-2, openorganelle:jrc_mus-nacc-2/fibsem-int16, a link to one of their pages, or a link to Neuroglancer";

    /// <exception cref="EmException">It is none of those.</exception>
    public static EntryName Parse(string text)
    {
        text = text.Trim();
        foreach (var (pattern, kind) in ((Regex, SourceKind)[])[(Empiar(), SourceKind.Empiar), (Idr(), SourceKind.Idr), (OpenOrganelle(), SourceKind.OpenOrganelle)])
        {
            if (pattern.Match(text) is { Success: true } match)
                return new EntryName(kind, match.Groups["id"].Value, match.Groups["part"].Value is { Length: > 0 } part ? part : null);
        }

        return text.StartsWith('{') || (Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "https" or "http" or "gs" or "s3")
            ? new EntryName(SourceKind.Neuroglancer, text, null)
            : throw new EmException(Fault.Configuration, $"--source: got '{text}', expected {Expected}.");
    }

    [GeneratedRegex(@"^(https?://[^/]*\bebi\.ac\.uk/empiar/)?EMPIAR[:-](?<id>[1-9][0-9]*)/?(?<part>.*)$", RegexOptions.IgnoreCase)]
    private static partial Regex Empiar();

    [GeneratedRegex(@"^(idr:|https?://idr\.openmicroscopy\.org/.*(\bimage-|/img_detail/|/imgData/))(?<id>[1-9][0-9]*)/?(?<part>.*)$", RegexOptions.IgnoreCase)]
    private static partial Regex Idr();

    [GeneratedRegex(@"^(openorganelle:|https?://openorganelle\.janelia\.org/datasets/)(?<id>[A-Za-z0-9][A-Za-z0-9_-]*)/?(?<part>.*)$", RegexOptions.IgnoreCase)]
    private static partial Regex OpenOrganelle();
}
