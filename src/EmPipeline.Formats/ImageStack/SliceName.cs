using System.Globalization;

namespace EmPipeline.Formats.ImageStack;

/// <summary>
/// The file name of a slice, cut into text and numbers, so that "2" comes before "10". A number with a unit behind it ("16bits", "5nm")
/// describes the slice and does not count it: it is compared as text.
/// </summary>
internal sealed class SliceName : IComparable<SliceName>
{
    private static readonly HashSet<string> Units = new(StringComparer.OrdinalIgnoreCase)
    {
        "bit", "bits", "bpp", "nm", "um", "µm", "mm", "pm", "px", "kx", "mx", "kv", "ev", "kev", "pa", "na", "ms", "us", "ns", "deg", "hz", "khz", "mhz", "dpi",
    };

    private readonly List<Part> _parts = [];

    public SliceName(string fileName)
    {
        FileName = fileName;
        var stem = Path.GetFileNameWithoutExtension(fileName.AsSpan());
        for (var at = 0; at < stem.Length;)
        {
            var digits = char.IsAsciiDigit(stem[at]);
            var end = at + 1;
            while (end < stem.Length && char.IsAsciiDigit(stem[end]) == digits)
                end++;
            var text = stem[at..end].ToString();
            _parts.Add(new Part(text, digits && !HasUnit(stem[end..]) ? text.TrimStart('0') : null));
            at = end;
        }
    }

    public string FileName { get; }

    /// <summary>The text between the numbers, by which names of one series are alike.</summary>
    public string Template => string.Concat(_parts.Select(part => part.Digits is null ? part.Text : "\0"));

    /// <summary>The numbers in order; null for one too long to count with.</summary>
    public IReadOnlyList<long?> Numbers =>
    [
        .. _parts.Where(part => part.Digits is not null).Select(part =>
            part.Digits!.Length == 0 ? 0L
            : long.TryParse(part.Digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : (long?)null),
    ];

    public int CompareTo(SliceName? other)
    {
        if (other is null)
            return 1;
        for (var i = 0; i < Math.Min(_parts.Count, other._parts.Count); i++)
        {
            var order = Compare(_parts[i], other._parts[i]);
            if (order != 0)
                return order;
        }

        var byLength = _parts.Count.CompareTo(other._parts.Count);
        return byLength != 0 ? byLength : string.CompareOrdinal(FileName, other.FileName);
    }

    private static int Compare(Part a, Part b)
    {
        if (a.Digits is null || b.Digits is null)
            return string.CompareOrdinal(a.Text, b.Text);
        var byLength = a.Digits.Length.CompareTo(b.Digits.Length);
        return byLength != 0 ? byLength : string.CompareOrdinal(a.Digits, b.Digits);
    }

    private static bool HasUnit(ReadOnlySpan<char> rest)
    {
        var end = 0;
        while (end < rest.Length && char.IsLetter(rest[end]))
            end++;
        return end > 0 && Units.Contains(rest[..end].ToString());
    }

    /// <param name="Digits">Without leading zeros; null for text.</param>
    private readonly record struct Part(string Text, string? Digits);
}
