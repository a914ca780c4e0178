using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace EmPipeline.Stages.Ledgers;

/// <summary>JSON with sorted keys and one layout, so that equal content is equal text and a difference reads well.</summary>
public static class CanonicalJson
{
    /// <summary>How every JSON file of the pipeline is written: camel case, indented, nulls left out, text unescaped.</summary>
    public static JsonSerializerOptions Options { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        NewLine = "\n",
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase), new NdIndexConverter() },
    };

    /// <summary>The same on one line.</summary>
    public static JsonSerializerOptions Line { get; } = new(Options) { WriteIndented = false };

    /// <summary>A copy with the keys of every object in ordinal order.</summary>
    public static JsonNode? Sort(JsonNode? node) => node switch
    {
        JsonObject map => new JsonObject(map.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => KeyValuePair.Create(pair.Key, Sort(pair.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Sort)]),
        _ => node?.DeepClone(),
    };

    public static string Text(JsonNode node) => Sort(node)!.ToJsonString(Options) + "\n";

    public static string Text<T>(T value) => Text(JsonSerializer.SerializeToNode(value, Options)!);

    /// <summary>Hexadecimal SHA-256 of a text's UTF-8 bytes.</summary>
    public static string Sha256(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
