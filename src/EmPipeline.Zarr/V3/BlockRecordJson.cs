using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using EmPipeline.Volumes;
using EmPipeline.Volumes.Rechunk;

namespace EmPipeline.Zarr.V3;

/// <summary>A block record as one line of the journal. Numbers round-trip; what is no number is null.</summary>
internal static class BlockRecordJson
{
    public static void Write(IBufferWriter<byte> output, NdIndex position, BlockRecord record)
    {
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            WriteIndex(json, "position", position);
            json.WriteNumber("level", record.Level);
            WriteIndex(json, "origin", record.Origin);
            WriteIndex(json, "valid", record.ValidShape);
            json.WriteStartArray("values");
            foreach (var value in (ReadOnlySpan<double>)[record.Min, record.Max, record.Mean, record.StandardDeviation, record.P1, record.P5, record.P25, record.P50, record.P75, record.P95, record.P99])
                WriteValue(json, value);
            json.WriteEndArray();
            json.WriteNumber("fill", record.FillShare);
            json.WriteNumber("bytes", record.StoredBytes);
            json.WriteString("checksum", record.Checksum);
            json.WriteString("state", record.State);
            json.WriteEndObject();
        }

        output.Write("\n"u8);
    }

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

    private static void WriteIndex(Utf8JsonWriter json, string name, NdIndex index)
    {
        json.WriteStartArray(name);
        for (var axis = 0; axis < index.Rank; axis++)
            json.WriteNumberValue(index[axis]);
        json.WriteEndArray();
    }

    private static void WriteValue(Utf8JsonWriter json, double value)
    {
        if (double.IsFinite(value))
            json.WriteNumberValue(value);
        else if (double.IsNaN(value))
            json.WriteNullValue();
        else
            json.WriteStringValue(value > 0 ? "inf" : "-inf");
    }

    private static double Number(JsonNode? node) => node is null ? double.NaN : node.GetValueKind() == JsonValueKind.Number ? (double)node
        : (string)node! == "inf" ? double.PositiveInfinity : double.NegativeInfinity;

    private static NdIndex Index(JsonNode? node) => new([.. node!.AsArray().Select(value => (long)value!)]);
}
