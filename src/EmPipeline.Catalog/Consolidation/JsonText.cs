using System.Globalization;
using System.Text.Json;
using EmPipeline.Volumes;

namespace EmPipeline.Catalog.Consolidation;

/// <summary>Reading registry answers: members may be absent, null, or a number written as a string.</summary>
internal static class JsonText
{
    /// <exception cref="EmException">The text is not a JSON object.</exception>
    public static JsonDocument Parse(string json, string place)
    {
        try
        {
            var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
                return document;
            using (document)
                throw EmException.Corrupt(place, $"got JSON {document.RootElement.ValueKind}, expected an object.");
        }
        catch (JsonException error)
        {
            throw EmException.Corrupt(place, $"got text that is not JSON ({error.Message}), expected a JSON object.", error);
        }
    }

    /// <summary>The member at <paramref name="path"/>; null when any part of the way is absent or no object.</summary>
    public static JsonElement? At(this JsonElement element, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element))
                return null;
        }

        return element;
    }

    /// <summary>A string or number as text; null for anything else, and for blank strings.</summary>
    public static string? AsText(this JsonElement? element)
    {
        var text = element?.ValueKind switch
        {
            JsonValueKind.String => element.Value.GetString(),
            JsonValueKind.Number => element.Value.GetRawText(),
            _ => null,
        };
        return string.IsNullOrWhiteSpace(text) ? null : text.Trim();
    }

    /// <summary>A number, or a string that is one; null otherwise.</summary>
    public static double? AsNumber(this JsonElement? element) =>
        double.TryParse(element.AsText(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;

    public static IEnumerable<JsonElement> AsArray(this JsonElement? element) =>
        element is { ValueKind: JsonValueKind.Array } array ? array.EnumerateArray() : [];
}
