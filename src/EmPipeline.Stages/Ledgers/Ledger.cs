using System.Text.Json;
using System.Text.Json.Nodes;

namespace EmPipeline.Stages.Ledgers;

/// <summary>
/// What a finished stage leaves behind: from which inputs it was made, which files it answers for, and its result. Written last and
/// atomically; its presence means that all of it is whole and durable.
/// </summary>
public sealed record Ledger
{
    private string _folder = "";

    /// <summary>The name of a <see cref="Stages.Stage"/>, or "Catalog".</summary>
    public required string Stage { get; init; }

    /// <summary>The stage's inputs (<see cref="StageInputs"/>) at the time.</summary>
    public required JsonObject Inputs { get; init; }

    /// <summary>By stage, the <see cref="Product"/> of each ledger that this one was made from.</summary>
    public required IReadOnlyDictionary<string, string> Upstream { get; init; }

    /// <summary>The files that the stage made or, for files used in place, answers for; null when there are none.</summary>
    public FileList? Files { get; init; }

    /// <summary>The shards that the stage made; null when it makes none.</summary>
    public ShardList? Shards { get; init; }

    /// <summary>All that the raw files and registries state; null when the stage does not read it. No part of <see cref="Product"/>.</summary>
    public AttributeList? Attributes { get; init; }

    /// <summary>What later stages read; its type is the stage's own (<see cref="ResultAs{T}"/>).</summary>
    public JsonNode? Result { get; init; }

    /// <summary>The full path of the list of <see cref="Files"/>.</summary>
    internal string FilesPath => Path.Combine(_folder, Files?.Name ?? "");

    /// <summary>The full path of the list of <see cref="Attributes"/>.</summary>
    internal string AttributesPath => Path.Combine(_folder, Attributes?.Name ?? "");

    /// <summary>
    /// SHA-256 of files and result: what the stage made, whatever it was made from. Stages after it run again only when this changes.
    /// </summary>
    public string? Product { get; init; }

    public T ResultAs<T>() => Result.Deserialize<T>(CanonicalJson.Options)!;

    /// <summary>The files that the stage answers for, by path, streamed from their list.</summary>
    /// <exception cref="EmPipeline.Volumes.EmException">The list is gone, or is not the one that this ledger was written with.</exception>
    public IEnumerable<LedgerFile> ReadFiles() => Files?.Read(_folder) ?? [];

    /// <summary>What the raw files and registries state, streamed from its list.</summary>
    /// <exception cref="EmPipeline.Volumes.EmException">The list is gone, or is not the one that this ledger was written with.</exception>
    internal IEnumerable<FileAttribute> ReadAttributes() => Attributes?.Read(_folder) ?? [];

    /// <summary>The ledger at <paramref name="path"/>; null when there is none, or what is there is no whole ledger.</summary>
    public static Ledger? Read(string path)
    {
        try
        {
            var ledger = JsonSerializer.Deserialize<Ledger>(File.ReadAllText(path), CanonicalJson.Options);
            if (ledger is not null)
                ledger._folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
            return ledger;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            return null;
        }
    }
}

/// <summary>One file that a ledger answers for.</summary>
/// <param name="Path">Relative to the data folder with '/', or absolute for a file used in place.</param>
/// <param name="Source">The address it came from.</param>
public sealed record LedgerFile(string Path, long Length, string? Sha256 = null, string? ETag = null, string? Source = null);
