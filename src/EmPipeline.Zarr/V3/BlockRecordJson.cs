using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using EmPipeline.Volumes;
using EmPipeline.Volumes.Rechunk;

namespace EmPipeline.Zarr.V3;

/// <summary>A shard with its blocks as one line of the journal. Numbers round-trip; what is no number is null.</summary>
internal static class BlockRecordJson
{
    public static void Write(IBufferWriter<byte> output, ShardRecord shard)
    {
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            WriteIndex(json, "position", shard.Position);
            json.WriteNumber("level", shard.Level);
            json.WriteNumber("state", (int)shard.State);
            json.WriteNumber("bytes", shard.StoredBytes);
            json.WriteNumber("checksum", shard.Checksum);
            json.WriteStartArray("blocks");
            foreach (var block in shard.Blocks)
                WriteBlock(json, block);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        output.Write("\n"u8);
    }

    /// <summary>The shard of a line; null when it is not whole.</summary>
    public static ShardRecord? Read(string line)
    {
        try
        {
            if (JsonNode.Parse(line) is not JsonObject json)
                return null;
            var level = (int)json["level"]!;
            return new ShardRecord(
                level, Index(json["position"]), (ShardState)(int)json["state"]!, (long)json["bytes"]!, (uint)json["checksum"]!,
                [.. json["blocks"]!.AsArray().Select(block => ReadBlock(level, block!))]);
        }
        catch (Exception e) when (e is JsonException or NullReferenceException or InvalidOperationException or FormatException or IndexOutOfRangeException)
        {
            return null;
        }
    }

    private static void WriteBlock(Utf8JsonWriter json, BlockRecord block)
    {
        json.WriteStartObject();
        WriteIndex(json, "origin", block.Origin);
        WriteIndex(json, "valid", block.ValidShape);
        json.WriteStartArray("values");
        foreach (var value in (ReadOnlySpan<double>)[block.Min, block.Max, block.Mean, block.StandardDeviation, block.P1, block.P5, block.P25, block.P50, block.P75, block.P95, block.P99])
        {
            if (double.IsFinite(value))
                json.WriteNumberValue(value);
            else
                json.WriteNullValue();
        }

        json.WriteEndArray();
        json.WriteNumber("fill", block.FillShare);
        json.WriteNumber("blank", block.BlankShare);
        json.WriteNumber("notFinite", block.NotFinite);
        json.WriteEndObject();
    }

    private static BlockRecord ReadBlock(int level, JsonNode json)
    {
        var values = json["values"]!.AsArray().Select(node => node is null ? double.NaN : (double)node).ToArray();
        return new BlockRecord(
            level, Index(json["origin"]), Index(json["valid"]), values[0], values[1], values[2], values[3],
            values[4], values[5], values[6], values[7], values[8], values[9], values[10],
            (double)json["fill"]!, (double)json["blank"]!, (long)json["notFinite"]!);
    }

    private static void WriteIndex(Utf8JsonWriter json, string name, NdIndex index)
    {
        json.WriteStartArray(name);
        for (var axis = 0; axis < index.Rank; axis++)
            json.WriteNumberValue(index[axis]);
        json.WriteEndArray();
    }

    private static NdIndex Index(JsonNode? node) => new([.. node!.AsArray().Select(value => (long)value!)]);
}
