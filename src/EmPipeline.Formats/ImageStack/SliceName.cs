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

    private readonly Part[] _parts;

    public SliceName(string fileName)
    {
        FileName = fileName;
        var parts = new List<Part>();
        var stem = Path.GetFileNameWithoutExtension(fileName.AsSpan());
        for (var at = 0; at < stem.Length;)
        {
            var digits = char.IsAsciiDigit(stem[at]);
            var end = at + 1;
            while (end < stem.Length && char.IsAsciiDigit(stem[end]) == digits)
                end++;
            parts.Add(new Part(at, end, digits && !HasUnit(stem[end..])));
            at = end;
        }

        _parts = [.. parts];
    }

    public string FileName { get; }

    /// <summary>The text between the numbers, by which names of one series are alike.</summary>
    public string Template => string.Concat(_parts.Select(part => part.Counts ? "\0" : Text(part).ToString()));

    /// <summary>The numbers in order; null for one too long to count with.</summary>
    public IReadOnlyList<long?> Numbers =>
    [
        .. _parts.Where(part => part.Counts).Select(part =>
            long.TryParse(Text(part), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : (long?)null),
    ];

    public int CompareTo(SliceName? other)
    {
        if (other is null)
            return 1;
        for (var i = 0; i < Math.Min(_parts.Length, other._parts.Length); i++)
        {
            var order = Compare(this, _parts[i], other, other._parts[i]);
            if (order != 0)
                return order;
        }

        var byLength = _parts.Length.CompareTo(other._parts.Length);
        return byLength != 0 ? byLength : string.CompareOrdinal(FileName, other.FileName);
    }

    private static int Compare(SliceName a, Part partOfA, SliceName b, Part partOfB)
    {
        var textOfA = a.Text(partOfA);
        var textOfB = b.Text(partOfB);
        if (!partOfA.Counts || !partOfB.Counts)
            return textOfA.SequenceCompareTo(textOfB);
        var digitsOfA = textOfA.TrimStart('0');
        var digitsOfB = textOfB.TrimStart('0');
        var byLength = digitsOfA.Length.CompareTo(digitsOfB.Length);
        return byLength != 0 ? byLength : digitsOfA.SequenceCompareTo(digitsOfB);
    }

    private ReadOnlySpan<char> Text(Part part) => FileName.AsSpan(part.Start, part.End - part.Start);

    private static bool HasUnit(ReadOnlySpan<char> rest)
    {
        var end = 0;
        while (end < rest.Length && char.IsLetter(rest[end]))
            end++;
        return end > 0 && Units.Contains(rest[..end].ToString());
    }

    /// <summary>A stretch of text or of digits.</summary>
    /// <param name="Counts">A number that orders the slices.</param>
    private readonly record struct Part(int Start, int End, bool Counts);
}
