using System.Text.Json;
using EmPipeline.Volumes;

namespace EmPipeline.Zarr.Json;

/// <summary>A JSON value that knows its file and its place in it, so that what is wrong can be said with both.</summary>
/// <param name="Path">"multiscales[0].axes"; "" for the file's whole value.</param>
internal readonly record struct JsonField(JsonElement Element, VolumePath File, string Path)
{
    /// <summary>The member of this name; null when this is no object or lacks it.</summary>
    public JsonField? Find(string name) =>
        Element.ValueKind == JsonValueKind.Object && Element.TryGetProperty(name, out var member)
            ? this with { Element = member, Path = Path.Length == 0 ? name : $"{Path}.{name}" }
            : null;

    /// <summary>As <see cref="Find"/>, with null also for a member whose value is null.</summary>
    public JsonField? FindValue(string name) => Find(name) is { Element.ValueKind: not JsonValueKind.Null } found ? found : null;

    public JsonField Require(string name) => Find(name) ?? throw EmException.Corrupt(
        File.ToString(), $"{(Path.Length == 0 ? "" : Path + ": ")}got no member '{name}', expected one.");

    /// <summary>The elements of an array; none when this is no array.</summary>
    public IEnumerable<JsonField> Items()
    {
        if (Element.ValueKind != JsonValueKind.Array)
            yield break;
        var index = 0;
        foreach (var item in Element.EnumerateArray())
            yield return this with { Element = item, Path = $"{Path}[{index++}]" };
    }

    /// <summary>The text; null when this is none.</summary>
    public string? AsText() => Element.ValueKind == JsonValueKind.String ? Element.GetString() : null;

    /// <summary>The number; null when this is none.</summary>
    public double? AsNumber() => Element.ValueKind == JsonValueKind.Number && Element.TryGetDouble(out var number) ? number : null;

    /// <summary>The numbers of an array; null when this is no array of just numbers.</summary>
    public double[]? AsNumbers()
    {
        var numbers = Items().Select(item => item.AsNumber()).ToArray();
        return Element.ValueKind == JsonValueKind.Array && numbers.All(number => number is not null) ? [.. numbers.Select(number => number!.Value)] : null;
    }

    public string Text() => AsText() ?? throw Wrong("a text");

    public int Integer() => Element.ValueKind == JsonValueKind.Number && Element.TryGetInt32(out var number) ? number : throw Wrong("an integer");

    /// <summary>An array of integers as an index.</summary>
    /// <exception cref="EmException">It is none, an integer is less than <paramref name="minimum"/>, or there are too many.</exception>
    public NdIndex Index(long minimum)
    {
        if (Element.ValueKind != JsonValueKind.Array)
            throw Wrong("a list of integers");
        if (Element.GetArrayLength() > NdIndex.MaxRank)
            throw EmException.Unsupported(File.ToString(), $"an array of {Element.GetArrayLength()} axes (more than {NdIndex.MaxRank})");
        var values = new List<long>();
        foreach (var item in Items())
        {
            // Some writers give every number a fraction: 64.0.
            var value = item.AsNumber() is { } number && number == Math.Floor(number) && Math.Abs(number) < 1L << 53 ? (long)number : minimum - 1;
            values.Add(value >= minimum ? value : throw item.Wrong($"an integer of at least {minimum}"));
        }

        return new NdIndex([.. values]);
    }

    /// <summary>The error for a value that is not what it should be.</summary>
    public EmException Wrong(string expected)
    {
        const int MaxShown = 60;
        var text = Element.GetRawText();
        return EmException.Corrupt(File.ToString(), $"{Path}: got {(text.Length > MaxShown ? text[..MaxShown] + "…" : text)}, expected {expected}.");
    }
}
