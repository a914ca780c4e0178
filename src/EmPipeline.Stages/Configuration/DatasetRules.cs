using System.Globalization;
using System.Text.Json.Nodes;
using EmPipeline.Catalog.Consolidation;
using EmPipeline.Formats;
using EmPipeline.Volumes;
using EmPipeline.Zarr;

namespace EmPipeline.Stages.Configuration;

/// <summary>What holds for a dataset or a label beyond the schema, checked before anything is fetched. Each mistake is reported; none ends the check.</summary>
/// <param name="path">Its place in the document: "datasets.NAME", "datasets.NAME.labels.LABEL".</param>
/// <param name="outer">What its output settings default to, and where each of these stands.</param>
internal sealed class DatasetRules(ConfigDocument document, string path, JsonObject own, IReadOnlyList<(string Path, JsonObject Keys)> outer)
{
    private const long LeastMemory = 16L << 20;
    private const long LongestEdge = 1 << 16;
    private readonly string _path = path;

    /// <param name="keys">The dataset's keys with defaults merged in, but for those that break the schema.</param>
    public void Check(JsonObject keys)
    {
        CheckFormat((string?)keys["format"]);
        CheckOutput(OutputConfig.Of(keys));
        if (keys["source"] is JsonObject source)
            CheckSource(source);
        foreach (var axis in (keys["select"] as JsonObject ?? []).Select(pair => pair.Key).Where(axis => axis.Length != 1 || !char.IsAsciiLetterLower(axis[0])))
            document.Report($"{_path}.select.{axis}", $"'{axis}'", "an axis letter, such as c or t");
        CheckFields("facts", keys["facts"] as JsonObject);
        CheckFields("override", keys["override"] as JsonObject);
        CheckChecksums(keys);
    }

    /// <summary>Checks a dataset's name.</summary>
    public void CheckName(string name)
    {
        if (name.Length == 0 || name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.')) || name[0] is '.' or '-')
            document.Report(_path, $"'{name}'", "a name of letters, digits, '-', '_' and '.': it becomes a folder");
        if (name.EndsWith(".registry", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".labels", StringComparison.OrdinalIgnoreCase))
            document.Report(_path, $"'{name}'", "another ending: a dataset's registry files lie in the folder NAME.registry, its labels' files in NAME.labels");
    }

    private void CheckFormat(string? format)
    {
        if (format is not null && FormatRegistry.Find(format) is null)
            document.Report($"{_path}.format", $"'{format}'", "one of " + string.Join(", ", FormatRegistry.All.Select(known => known.Name)));
    }

    private void CheckOutput(OutputConfig output)
    {
        for (var axis = 0; axis < 3; axis++)
        {
            if (output.Shard[axis] > LongestEdge)
                document.Report(PlaceOf("shard"), output.Shard.ToString(), $"edges of at most {LongestEdge} voxels");
            else if (output.Shard[axis] % output.Chunk[axis] != 0)
                document.Report(PlaceOf("chunk", "shard"), $"chunks of {output.Chunk} in shards of {output.Shard}", "a chunk that divides the shard");
            else if (output.Shard[axis] % output.Block[axis] != 0 || output.Block[axis] % output.Chunk[axis] != 0)
                document.Report(PlaceOf("block", "shard"), $"chunks of {output.Chunk} in blocks of {output.Block} in shards of {output.Shard}", "a block that divides the shard and is a multiple of the chunk");
            else if (output.Block[axis] % 2 != 0)
                document.Report(PlaceOf("block", "shard"), output.Block.ToString(), "even edges: a coarser level halves them");
        }

        if (NdIndex.FloorDivide(output.Shard, output.Chunk).Volume > RechunkOptions.MostChunks)
            document.Report(PlaceOf("chunk", "shard"), output.Chunk.ToString(), $"at most {RechunkOptions.MostChunks} chunks in a shard of {output.Shard}");
        // Of the type it is known that a voxel has a byte at least.
        if (output.Chunk.Volume > RechunkOptions.MostChunkBytes)
            document.Report(PlaceOf("chunk", "shard"), output.Chunk.ToString(), $"a chunk of at most {RechunkOptions.MostChunkBytes >> 20}MiB");
        if (output.MemoryBytes < LeastMemory)
            document.Report(PlaceOf("memory"), $"{output.MemoryBytes >> 20}MiB", $"at least {LeastMemory >> 20}MiB");
    }

    private void CheckSource(JsonObject source)
    {
        var kinds = SourceConfig.KeysOf(source);
        if (kinds.Count != 1)
            document.Report($"{_path}.source", kinds.Count == 0 ? "none of them" : string.Join(" and ", kinds), "exactly one of " + string.Join(", ", SourceConfig.Keys));
        else
            CheckPart(source, kinds[0]);
        if ((string?)source["http"] is not { } pattern)
            return;
        try
        {
            if (AddressPattern.Expand(pattern).FirstOrDefault(address => !Uri.TryCreate(address, UriKind.Absolute, out var uri) || (uri.AbsolutePath.EndsWith('/') && !SourceConfig.IsHierarchy(uri, (string?)source["level"]))) is { } folder)
                document.Report($"{_path}.source.http", $"the folder {folder}", "the address of a file, or of files with a run of numbers such as {0000..0015}");
        }
        catch (FormatException)
        {
            document.Report($"{_path}.source.http", $"'{pattern}'", "a run of numbers such as {0000..0015} in the braces");
        }
    }

    // What of a registry's entry is meant.
    private void CheckPart(JsonObject source, string kind)
    {
        foreach (var (part, of) in SourceConfig.Parts.Where(part => source.ContainsKey(part.Part) && !part.Of.Contains(kind)))
            document.Report($"{_path}.source.{part}", $"it beside {kind}", $"it beside {string.Join(" or ", of)} only");
        if (kind is "empiar" && !source.ContainsKey("files"))
            document.Report($"{_path}.source.files", "no such key", "which files of the entry, as a pattern such as data/*.dm3");
        if (kind is "openorganelle" && !source.ContainsKey("array"))
            document.Report($"{_path}.source.array", "no such key", "the name of an image such as fibsem-int16");
        if (source.ContainsKey("level") && kind is ("empiar" or "idr"))
            document.Report($"{_path}.source.level", $"it beside {kind}", "it where there are arrays or scales");
        if ((string?)source["files"] is { } files && files.Split('/').Any(name => name is "" or "." or ".."))
            document.Report($"{_path}.source.files", $"'{files}'", "names and patterns joined by '/', such as data/*.dm3");
    }

    private void CheckFields(string key, JsonObject? stated)
    {
        foreach (var (field, value) in stated ?? [])
        {
            if (Fields.Find(field) is not { } known)
                document.Report($"{_path}.{key}.{field}", "an unknown field", "one of " + string.Join(", ", Fields.All.Select(each => each.Name)));
            else if (known.IsNumeric && !(double.TryParse(value!.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) && number > 0))
                document.Report($"{_path}.{key}.{field}", value!.ToJsonString(), "a positive number" + (known.Unit is null ? "" : $" ({known.Unit})"));
        }
    }

    // What a listing will bring is not known yet: those names are checked by Verify.
    private void CheckChecksums(JsonObject keys)
    {
        if (keys["checksum"] is not JsonObject { Count: > 0 } checksums || keys["source"] is not JsonObject source || FileNames(source) is not { Count: > 0 } names)
            return;
        foreach (var file in checksums.Select(pair => pair.Key).Where(file => !names.Contains(file)))
            document.Report($"{_path}.checksum.{file}", "no file of this name in the source", names.Count == 1 ? names.First() : $"one such as {names.Order(StringComparer.Ordinal).First()}");
    }

    private static HashSet<string>? FileNames(JsonObject source)
    {
        try
        {
            return (string?)source["http"] is { } pattern
                ? TargetNames.Of(AddressPattern.Expand(pattern).Select(address => new Uri(address)).ToList(), "").ToHashSet(StringComparer.Ordinal)
                : (string?)source["file"] is { } path && File.Exists(path) ? [Path.GetFileName(path)] : null;
        }
        catch (Exception e) when (e is FormatException or EmException)
        {
            // Reported with the address, here or by Download.
            return null;
        }
    }

    /// <summary>The key that a person has to change: the first of these that it sets itself, else that what surrounds it sets.</summary>
    private string PlaceOf(params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
        {
            if (own.ContainsKey(key))
                return $"{_path}.{key}";
        }

        foreach (var (place, set) in outer)
        {
            foreach (var key in keys)
            {
                if (set.ContainsKey(key))
                    return $"{place}.{key}";
            }
        }

        return $"{_path}.{keys[0]}";
    }
}
