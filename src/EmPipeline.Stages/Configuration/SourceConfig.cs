using System.Text.Json.Nodes;

namespace EmPipeline.Stages.Configuration;

/// <summary>Where the voxels come from.</summary>
/// <param name="Address">As in the file; a path of kind file is already absolute. Of a registry: its number, name or link.</param>
/// <param name="Level">One array or scale below the address.</param>
public sealed record SourceConfig(SourceKind Kind, string Address, string? Level, string Region, double? RequestsPerSecond)
{
    // EMBL-EBI slows down faster clients.
    private const double PoliteRate = 4;

    private static readonly (string Key, SourceKind Kind, string? Part)[] Kinds =
    [
        ("http", SourceKind.Http, null), ("s3", SourceKind.S3, null), ("precomputed", SourceKind.Precomputed, null), ("file", SourceKind.File, null),
        ("empiar", SourceKind.Empiar, "files"), ("idr", SourceKind.Idr, "files"), ("openorganelle", SourceKind.OpenOrganelle, "array"), ("neuroglancer", SourceKind.Neuroglancer, "layer"),
    ];

    /// <summary>Which of what a registry has is meant: files (EMPIAR, IDR), array (OpenOrganelle) or layer (Neuroglancer); null for what there is.</summary>
    public string? Part { get; init; }

    /// <summary>Of kind http, the files' addresses where a registry named them; null where <see cref="Address"/> does.</summary>
    public IReadOnlyList<string>? Addresses { get; init; }

    /// <summary>Whether a registry has to be asked for the addresses.</summary>
    public bool IsRegistry => Kind is SourceKind.Empiar or SourceKind.Idr or SourceKind.OpenOrganelle or SourceKind.Neuroglancer;

    /// <summary>What a person calls it: the address, or "empiar:11759/data/*.dm3".</summary>
    public string Name => !IsRegistry ? Address : KeyOf(Kind) + ":" + Address + (Part is null ? "" : "/" + Part);

    /// <summary>This source at the addresses that a registry named.</summary>
    public SourceConfig At(ResolvedSource resolved) => this with
    {
        Kind = resolved.Kind,
        Address = resolved.Addresses[0],
        Addresses = resolved is { Kind: SourceKind.Http, Level: null } ? resolved.Addresses : null,
        Level = resolved.Level,
        Part = null,
    };

    /// <summary>The keys that each name a kind; one of them is right.</summary>
    internal static IReadOnlyList<string> Keys { get; } = [.. Kinds.Select(kind => kind.Key)];

    /// <summary>Those of them that a source has.</summary>
    internal static IReadOnlyList<string> KeysOf(JsonObject source) => Keys.Where(source.ContainsKey).ToList();

    /// <summary>The keys that say which part of a registry's entry is meant, each with the kinds that take it.</summary>
    internal static IEnumerable<(string Part, IReadOnlyList<string> Of)> Parts => Kinds.Where(kind => kind.Part is not null).GroupBy(kind => kind.Part!).Select(part => (part.Key, (IReadOnlyList<string>)[.. part.Select(kind => kind.Key)]));

    internal static string KeyOf(SourceKind kind) => Kinds.Single(known => known.Kind == kind).Key;

    /// <summary>Whether a web address is that of a Zarr or N5 hierarchy: an array of it is named, or the folder's own name says so.</summary>
    internal static bool IsHierarchy(Uri address, string? level) =>
        level is not null
        || Path.GetExtension(address.AbsolutePath.TrimEnd('/')) is var extension && (extension.Equals(".zarr", StringComparison.OrdinalIgnoreCase) || extension.Equals(".n5", StringComparison.OrdinalIgnoreCase));

    internal static SourceConfig Of(JsonObject source)
    {
        var (key, kind, part) = Kinds.Single(kind => source.ContainsKey(kind.Key));
        var value = source[key] is JsonValue text && text.TryGetValue<string>(out var address) ? address : source[key]!.ToJsonString();
        return new SourceConfig(kind, value, (string?)source["level"], (string?)source["region"] ?? "us-east-1", (double?)source["requestsPerSecond"] ?? (part == "files" ? PoliteRate : null))
        {
            Part = part is null ? null : (string?)source[part],
        };
    }
}

public enum SourceKind
{
    Http,
    S3,
    Precomputed,
    File,
    Empiar,
    Idr,
    OpenOrganelle,
    Neuroglancer,
}
