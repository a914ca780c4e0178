using System.IO.Enumeration;
using System.Text;
using System.Text.Json;
using EmPipeline.Stages.Configuration;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Registries;

/// <summary>
/// The files that an image of the Image Data Resource was imported from: OMERO tells their paths at the time, which lead to the same tree on EBI's
/// public disk.
/// </summary>
internal static class IdrFiles
{
    // The rule of the IDR's own download page.
    private const string Imported = "uod/idr/filesets/";
    private const string Public = "https://ftp.ebi.ac.uk/pub/databases/IDR/";

    public static Uri Paths(string image) => new($"https://idr.openmicroscopy.org/webgateway/original_file_paths/{image}/");

    public static async Task<ResolvedSource> ResolveAsync(RegistryClient client, SourceConfig source, string place, CancellationToken cancellation)
    {
        var address = Paths(source.Address);
        var paths = Client(await client.AskAsync($"idr-files-{source.Address}.json", address, cancellation), address.AbsoluteUri);
        var pattern = source.Part;
        var chosen = paths.Where(path => pattern is null || FileSystemName.MatchesSimpleExpression(pattern, path.AsSpan(path.LastIndexOf('/') + 1), ignoreCase: false)).ToList();
        if (chosen.Count == 0)
            throw new EmException(Fault.Configuration, $"{place}.files: got '{pattern}', which none of {paths.Count} file names matches, expected one that matches such as {paths[0]}.");
        if (chosen.FirstOrDefault(path => !path.StartsWith(Imported, StringComparison.Ordinal)) is { } elsewhere)
            throw EmException.Unavailable(address.AbsoluteUri, $"got the path {elsewhere}, expected one below {Imported}, whose public address is known. Look for its address on https://idr.openmicroscopy.org and give that as http.");
        return new ResolvedSource(SourceKind.Http, chosen.Select(path => Public + string.Join('/', path[Imported.Length..].Split('/').Select(Uri.EscapeDataString))).ToList());
    }

    private static List<string> Client(byte[] answer, string place)
    {
        try
        {
            using var json = JsonDocument.Parse(answer);
            if (json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("client", out var client) && client.ValueKind == JsonValueKind.Array
                && client.GetArrayLength() > 0 && client.EnumerateArray().All(path => path.ValueKind == JsonValueKind.String))
            {
                return client.EnumerateArray().Select(path => path.GetString()!.TrimStart('/')).ToList();
            }
        }
        catch (JsonException)
        {
        }

        var got = Encoding.UTF8.GetString(answer.AsSpan(0, Math.Min(answer.Length, 60))).ReplaceLineEndings(" ");
        throw EmException.Unavailable(place, $"got '{got}', expected JSON with the 'client' paths of an image's files. The service may be down: try again later.");
    }
}
