using System.Text.Json.Nodes;
using EmPipeline.Stages.Configuration;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Registries;

/// <summary>The volumes that a Neuroglancer page shows.</summary>
internal static class NeuroglancerLayers
{
    private const string Readable = "precomputed, zarr or n5 on gs://, s3:// or https://";

    // Neuroglancer's names of formats, as the scheme before an address or as what follows it.
    private static readonly Dictionary<string, bool> IsPrecomputed = new(StringComparer.Ordinal)
    {
        ["precomputed"] = true, ["neuroglancer-precomputed"] = true, ["zarr"] = false, ["zarr2"] = false, ["zarr3"] = false, ["n5"] = false,
    };

    /// <summary>The layers in their order: name, type ("image", "segmentation" …), and the address of the first source that can be read; null for none.</summary>
    public static IReadOnlyList<(string Name, string Type, (bool Precomputed, Uri Address)? Source)> Of(JsonObject state) =>
        (state["layers"] as JsonArray ?? []).OfType<JsonObject>().Select(layer => (Text(layer["name"]) ?? "", Text(layer["type"]) ?? "image", Sources(layer["source"]).Select(Address).FirstOrDefault(source => source is not null))).ToList();

    public static async Task<ResolvedSource> ResolveAsync(RegistryClient client, SourceConfig source, string place, CancellationToken cancellation)
    {
        var layers = Of(await NeuroglancerState.ReadAsync(client, source.Address, $"{place}.neuroglancer", cancellation));
        var chosen = source.Part is { } name
            ? layers.FirstOrDefault(layer => layer.Name == name)
            : layers.FirstOrDefault(layer => layer.Type == "image" && layer.Source is not null);
        if (chosen.Source is not var (precomputed, address))
        {
            var there = layers.Count == 0 ? "one with layers" : "one of " + string.Join(", ", layers.Where(layer => layer.Source is not null).Select(layer => $"'{layer.Name}' ({layer.Type})"));
            throw new EmException(Fault.Configuration, $"{place}.layer: got {(source.Part is { } wanted ? $"'{wanted}'" : "a state without an image")}, expected {there}; what can be read is {Readable}.");
        }

        var root = address.AbsoluteUri.TrimEnd('/');
        if (precomputed)
            return new ResolvedSource(SourceKind.Precomputed, [root], source.Level);
        var level = source.Level ?? await FinestLevel.FindAsync(client, new Uri(root + "/"), cancellation);
        // An array by itself is named below its folder, as any array is.
        if (level is null)
            (root, level) = (root[..root.LastIndexOf('/')], Uri.UnescapeDataString(root[(root.LastIndexOf('/') + 1)..]));
        return new ResolvedSource(address.Scheme == "s3" ? SourceKind.S3 : SourceKind.Http, [root], level);
    }

    // A text, an object with a url, or a list of these.
    private static IEnumerable<string> Sources(JsonNode? source) => source switch
    {
        JsonArray list => list.SelectMany(Sources),
        JsonObject map => Sources(map["url"]),
        _ => Text(source) is { } text ? [text] : [],
    };

    /// <summary>"precomputed://gs://bucket/path", or as newer versions write it "gs://bucket/path/|neuroglancer-precomputed:".</summary>
    private static (bool Precomputed, Uri Address)? Address(string source)
    {
        var parts = source.Split('|');
        var colon = parts[0].IndexOf("://", StringComparison.Ordinal);
        string format, address;
        if (parts.Length == 2)
        {
            (format, address) = (parts[1].Split(':')[0], parts[0]);
            // What follows the format is a path within.
            address = address.TrimEnd('/') + "/" + parts[1][format.Length..].Trim(':', '/');
        }
        else if (parts.Length == 1 && colon > 0)
        {
            (format, address) = (parts[0][..colon], parts[0][(colon + 3)..]);
        }
        else
        {
            return null;
        }

        if (!IsPrecomputed.TryGetValue(format, out var precomputed) || !Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme is not ("gs" or "s3" or "https" or "http"))
            return null;
        // Of Google's buckets just precomputed volumes have a scheme of their own here.
        return (precomputed, uri.Scheme == "gs" && !precomputed ? new Uri($"https://storage.googleapis.com/{uri.Authority}{uri.AbsolutePath}") : uri);
    }

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
