using System.Text.Json.Nodes;
using EmPipeline.Stages.Configuration;

namespace EmPipeline.Stages.Ledgers;

/// <summary>
/// What a stage's result depends on besides the stages before it: just the configuration keys that it reads, and its version, which
/// rises whenever the stage would make something else of the same keys.
/// </summary>
public static class StageInputs
{
    private static readonly Dictionary<StageName, (int Version, string[] Keys)> Reads = new()
    {
        [StageName.Download] = (1, ["source", "crop", "metadata"]),
        [StageName.Verify] = (1, ["checksum"]),
        [StageName.ExtractMetadata] = (1, ["title", "format", "volume", "select", "metadata", "facts", "override"]),
        // 'memory' steers only how the work is cut up, never its result.
        [StageName.Rechunk] = (2, ["format", "volume", "select", "shard", "block", "chunk", "codec", "levels", "downsample"]),
    };

    /// <summary>The inputs of one stage as JSON with sorted keys; equal text means equal inputs.</summary>
    public static JsonObject Of(DatasetConfig dataset, StageName stage)
    {
        var (version, keys) = Reads[stage];
        var result = new JsonObject { ["stage"] = stage.ToString(), ["version"] = version };
        foreach (var key in keys)
        {
            if (dataset.Raw[key] is { } value)
                result[key] = CanonicalJson.Sort(value);
        }

        if (stage == StageName.Download && dataset.Source.Kind == SourceKind.File)
            ((JsonObject)result["source"]!)["file"] = dataset.Source.Address;
        return (JsonObject)CanonicalJson.Sort(result)!;
    }
}
