using System.Text.Json;
using System.Text.Json.Serialization;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Ledgers;

/// <summary>An <see cref="NdIndex"/> as an array of numbers, slowest axis first.</summary>
internal sealed class NdIndexConverter : JsonConverter<NdIndex>
{
    public override NdIndex Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new(JsonSerializer.Deserialize<long[]>(ref reader, options) ?? []);

    public override void Write(Utf8JsonWriter writer, NdIndex value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (var extent in value.ToArray())
            writer.WriteNumberValue(extent);
        writer.WriteEndArray();
    }
}
