using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

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

    /// <summary>As <see cref="Text{T}"/>, written as it comes, for what is too large to be held twice. Dictionaries have to be sorted already.</summary>
    public static JsonSerializerOptions Sorted { get; } = new(Options) { TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { SortMembers } } };

    /// <summary>A copy with the keys of every object in ordinal order.</summary>
    public static JsonNode? Sort(JsonNode? node) => node switch
    {
        JsonObject map => new JsonObject(map.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => KeyValuePair.Create(pair.Key, Sort(pair.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Sort)]),
        _ => node?.DeepClone(),
    };

    public static string Text(JsonNode node) => Sort(node)!.ToJsonString(Options) + "\n";

    public static string Text<T>(T value) => Text(JsonSerializer.SerializeToNode(value, Options)!);

    private static void SortMembers(JsonTypeInfo type)
    {
        foreach (var (order, member) in type.Properties.OrderBy(member => member.Name, StringComparer.Ordinal).Index())
            member.Order = order;
    }

    /// <summary>Hexadecimal SHA-256 of a text's UTF-8 bytes.</summary>
    public static string Sha256(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
