using System.Text.Json;
using System.Text.Json.Nodes;
using EmPipeline.Volumes;
using EmPipeline.Volumes.Rechunk;

namespace EmPipeline.Formats.Zarr.V3;

/// <summary>A block record as one line of the journal. Numbers round-trip; what is no number is null.</summary>
internal static class BlockRecordJson
{
    public static string Write(NdIndex position, BlockRecord record) => new JsonObject
    {
        ["position"] = Array(position),
        ["level"] = record.Level,
        ["origin"] = Array(record.Origin),
        ["valid"] = Array(record.ValidShape),
        ["values"] = new JsonArray([.. Values(record).Select(value => double.IsFinite(value) ? (JsonNode)value : Text(value))]),
        ["fill"] = record.FillShare,
        ["bytes"] = record.StoredBytes,
        ["checksum"] = record.Checksum,
        ["state"] = record.State,
    }.ToJsonString();

    /// <summary>The record of a line; null when it is not whole.</summary>
    public static (NdIndex Position, BlockRecord Record)? Read(string line)
    {
        try
        {
            if (JsonNode.Parse(line) is not JsonObject json)
                return null;
            var values = json["values"]!.AsArray().Select(Number).ToArray();
            return (Index(json["position"]), new BlockRecord(
                (int)json["level"]!, Index(json["origin"]), Index(json["valid"]), values[0], values[1], values[2], values[3],
                values[4], values[5], values[6], values[7], values[8], values[9], values[10],
                (double)json["fill"]!, (long)json["bytes"]!, (string)json["checksum"]!, (string)json["state"]!));
        }
        catch (Exception e) when (e is JsonException or NullReferenceException or InvalidOperationException or FormatException or IndexOutOfRangeException)
        {
            return null;
        }
    }

    private static double[] Values(BlockRecord r) => [r.Min, r.Max, r.Mean, r.StandardDeviation, r.P1, r.P5, r.P25, r.P50, r.P75, r.P95, r.P99];

    private static JsonNode? Text(double value) => double.IsNaN(value) ? null : value > 0 ? "inf" : "-inf";

    private static double Number(JsonNode? node) => node is null ? double.NaN : node.GetValueKind() == JsonValueKind.Number ? (double)node
        : (string)node! == "inf" ? double.PositiveInfinity : double.NegativeInfinity;

    private static JsonArray Array(NdIndex index) => [.. index.ToArray().Select(value => (JsonNode)value)];

    private static NdIndex Index(JsonNode? node) => new([.. node!.AsArray().Select(value => (long)value!)]);
}
