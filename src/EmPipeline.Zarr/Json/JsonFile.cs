using System.Text.Json;
using System.Text.Unicode;
using EmPipeline.Storage;
using EmPipeline.Volumes;

namespace EmPipeline.Zarr.Json;

/// <summary>Reads the small JSON files that describe arrays.</summary>
internal static class JsonFile
{
    private const long MaxLength = 64L << 20;

    /// <summary>The file's value; null when there is no such file.</summary>
    /// <exception cref="EmException">The file is no JSON, or larger than metadata can be.</exception>
    public static async ValueTask<JsonField?> ReadAsync(VolumePath file, CancellationToken cancellation)
    {
        try
        {
            if (await file.Store.ReadAllAsync(file.Key, MaxLength, cancellation) is not { } bytes)
                return null;
            var value = Parse(bytes);
            RequireText(bytes, value);
            return new JsonField(value, file, "");
        }
        catch (JsonException e)
        {
            throw EmException.Corrupt(file.ToString(), $"got no valid JSON: {e.Message}", e);
        }
        catch (InvalidDataException e)
        {
            throw new EmException(Fault.Corrupt, e.Message, e);
        }
    }

    private static JsonElement Parse(byte[] text)
    {
        // A byte order mark is no JSON either, but harmless.
        var start = text.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0;
        try
        {
            using var document = JsonDocument.Parse(text.AsMemory(start));
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            if (QuoteBareNumbers(text.AsSpan(start)) is not { } quoted)
                throw;
            using var document = JsonDocument.Parse(quoted);
            return document.RootElement.Clone();
        }
    }

    // The parser looks at bytes; texts that are none would otherwise come to light where they are used.
    private static void RequireText(ReadOnlySpan<byte> bytes, JsonElement value)
    {
        if (!Utf8.IsValid(bytes))
            throw new JsonException("it is not UTF-8.");
        if (bytes.IndexOf("\\ud"u8) < 0 && bytes.IndexOf("\\uD"u8) < 0)
            return;
        try
        {
            ReadTexts(value);
        }
        catch (InvalidOperationException e)
        {
            throw new JsonException("it has half of a surrogate pair.", e);
        }
    }

    private static void ReadTexts(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                value.GetString();
                break;
            case JsonValueKind.Array:
                foreach (var item in value.EnumerateArray())
                    ReadTexts(item);
                break;
            case JsonValueKind.Object:
                foreach (var member in value.EnumerateObject())
                {
                    _ = member.Name;
                    ReadTexts(member.Value);
                }

                break;
        }
    }

    /// <summary>Python and Java write NaN and Infinity bare, which JSON does not know: puts them in quotes. Null when there are none.</summary>
    private static byte[]? QuoteBareNumbers(ReadOnlySpan<byte> text)
    {
        using var quoted = new MemoryStream(text.Length + 64);
        var (inString, any) = (false, false);
        while (!text.IsEmpty)
        {
            var length = inString ? (text[0] == '\\' ? Math.Min(2, text.Length) : 1) : Math.Max(1, BareNumberLength(text));
            var bare = !inString && length > 1;
            if (text[0] == '"')
                inString = !inString;
            if (bare)
                quoted.WriteByte((byte)'"');
            quoted.Write(text[..length]);
            if (bare)
                quoted.WriteByte((byte)'"');
            any |= bare;
            text = text[length..];
        }

        return any ? quoted.ToArray() : null;
    }

    private static int BareNumberLength(ReadOnlySpan<byte> text) =>
        text.StartsWith("NaN"u8) ? 3 : text.StartsWith("Infinity"u8) ? 8 : text.StartsWith("-Infinity"u8) ? 9 : 0;
}
