using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using EmPipeline.Volumes;

namespace EmPipeline.Torch.Inference;

/// <summary>What a prediction was made of and how: all that its bytes depend on. It stands in the attributes of each volume, under "prediction".</summary>
internal static class PredictionRecord
{
    public const string Attribute = "prediction";

    // Raise it when the same record makes other bytes.
    private const int Version = 1;

    /// <param name="level">"s0".</param>
    public static JsonObject Of(PredictOptions options, string input, string level, NdIndex column) => new()
    {
        ["version"] = Version,
        ["model"] = options.ModelHash,
        ["input"] = input,
        ["level"] = level,
        ["channels"] = new JsonArray([.. options.Channels.Select(channel => (JsonNode)channel)]),
        ["tile"] = Extent(options.Tile),
        ["halo"] = Extent(options.Halo),
        ["overlap"] = Extent(options.Overlap),
        // JSON has no infinity.
        ["sigma"] = double.IsFinite(options.Sigma) ? options.Sigma : null,
        ["border"] = options.Border.ToString(),
        ["batchSize"] = options.BatchSize,
        ["mean"] = options.Mean,
        ["deviation"] = options.Deviation,
        ["device"] = options.Device.type.ToString(),
        ["column"] = Extent(column),
    };

    /// <summary>Decides whether the shards of an earlier run can be kept.</summary>
    public static string Identity(JsonObject record, OutputKind output) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{record.ToJsonString()} {output.Path} {output.Rule}")));

    /// <summary>The attributes of one output's group.</summary>
    public static JsonObject Attributes(JsonObject record, OutputKind output)
    {
        var own = record.DeepClone().AsObject();
        own["rule"] = output.Rule;
        if (output.IsLabel)
            own["classes"] = new JsonObject(output.ClassNames.Select(pair => KeyValuePair.Create(pair.Key.ToString(System.Globalization.CultureInfo.InvariantCulture), (JsonNode?)pair.Value)));
        return new JsonObject { [Attribute] = own };
    }

    private static JsonArray Extent(NdIndex index) => [.. index.ToArray().Select(value => (JsonNode)value)];
}
