using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using EmPipeline.Volumes;

namespace EmPipeline.Explorer.Requests;

/// <summary>How answers are written: names in camel case, numbers that JSON has not ("NaN") as text.</summary>
internal static class JsonAnswer
{
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web)
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = JavaScriptEncoder.Default,
        Converters = { new NdIndexConverter() },
    };

    private sealed class NdIndexConverter : JsonConverter<NdIndex>
    {
        public override NdIndex Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, NdIndex value, JsonSerializerOptions options)
        {
            writer.WriteStartArray();
            foreach (var number in value.ToArray())
                writer.WriteNumberValue(number);
            writer.WriteEndArray();
        }
    }
}
