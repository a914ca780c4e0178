using System.Text.Json;
using EmPipeline.Volumes;

namespace EmPipeline.Formats.Precomputed;

/// <summary>A JSON value of an <c>info</c> file together with its path, so that every complaint names its place.</summary>
internal readonly struct InfoElement(JsonElement value, string place)
{
    public JsonElement Value { get; } = value;

    public EmException Wrong(string expected) => EmException.Corrupt(place, $"got {Shorten(Value.GetRawText())}, expected {expected}.");

    public EmException Unsupported(string what) => EmException.Unsupported(place, what);

    /// <summary>The member of this name, or null where it is absent or null.</summary>
    public InfoElement? Optional(string name)
    {
        if (Value.ValueKind != JsonValueKind.Object)
            throw Wrong("an object");
        return Value.TryGetProperty(name, out var member) && member.ValueKind != JsonValueKind.Null
            ? new InfoElement(member, $"{place}{(place.EndsWith(' ') ? "" : ".")}{name}") : null;
    }

    public InfoElement Required(string name) =>
        Optional(name) ?? throw EmException.Corrupt(place.TrimEnd(), $"got no \"{name}\", expected one.");

    public IEnumerable<InfoElement> Items()
    {
        if (Value.ValueKind != JsonValueKind.Array)
            throw Wrong("an array");
        return Each(Value, place);

        static IEnumerable<InfoElement> Each(JsonElement array, string place)
        {
            var i = 0;
            foreach (var item in array.EnumerateArray())
                yield return new InfoElement(item, $"{place}[{i++}]");
        }
    }

    public string Text() => Value.ValueKind == JsonValueKind.String ? Value.GetString()! : throw Wrong("a string");

    public double Number() => Value.ValueKind == JsonValueKind.Number && Value.TryGetDouble(out var number) ? number : throw Wrong("a number");

    /// <summary>An integer, also when it is written as 64.0.</summary>
    public long Integer(long minimum, long maximum)
    {
        long? integer = null;
        if (Value.ValueKind == JsonValueKind.Number)
        {
            if (Value.TryGetInt64(out var exact))
                integer = exact;
            else if (Value.TryGetDouble(out var number) && number == Math.Floor(number) && Math.Abs(number) < 1L << 53)
                integer = (long)number;
        }

        return integer >= minimum && integer <= maximum ? integer.Value : throw Wrong($"an integer from {minimum} to {maximum}");
    }

    /// <summary>Three integers x, y, z, returned as z, y, x.</summary>
    public NdIndex Xyz(long minimum, long maximum)
    {
        var items = Three();
        return new NdIndex(items[2].Integer(minimum, maximum), items[1].Integer(minimum, maximum), items[0].Integer(minimum, maximum));
    }

    public InfoElement[] Three()
    {
        if (Value.ValueKind != JsonValueKind.Array || Value.GetArrayLength() != 3)
            throw Wrong("three numbers (x, y, z)");
        return [.. Items()];
    }

    private static string Shorten(string text) => text.Length <= 60 ? text : text[..60] + "…";
}
