using System.Globalization;

namespace EmPipeline.Stages.Configuration;

/// <summary>Addresses with a run of numbers: "slice_{0000..0015}.dm3" stands for sixteen addresses, zero-padded as written.</summary>
public static class AddressPattern
{
    private const int MostAddresses = 1_000_000;

    /// <summary>All addresses, in order, made as they are asked for; the address itself when it has no run.</summary>
    /// <exception cref="FormatException">A brace without a run of two numbers, or too many addresses.</exception>
    public static IEnumerable<string> Expand(string pattern)
    {
        var open = pattern.IndexOf('{', StringComparison.Ordinal);
        if (open < 0)
            return [pattern];
        var close = pattern.IndexOf('}', open);
        var ends = close < 0 ? [] : pattern[(open + 1)..close].Split("..");
        if (ends.Length != 2 || !Parse(ends[0], out var first) || !Parse(ends[1], out var last) || last < first || last - first >= MostAddresses)
            throw new FormatException($"got '{pattern}', expected a run of numbers such as {{0000..0015}} in the braces");
        var width = ends[0].Length.ToString(CultureInfo.InvariantCulture);
        var tails = Expand(pattern[(close + 1)..]);
        return Enumerable.Range(0, (int)(last - first + 1))
            .Select(i => pattern[..open] + (first + i).ToString("D" + width, CultureInfo.InvariantCulture))
            .SelectMany(head => tails.Select(tail => head + tail));
    }

    /// <summary>Whether the addresses differ in the number in their last part alone, so that those parts are names for their files.</summary>
    internal static bool IsOfNames(string pattern) => pattern.LastIndexOf('{') is > 0 and var open
        && pattern.IndexOf('{', StringComparison.Ordinal) == open && pattern.LastIndexOf('/') < open && !pattern.AsSpan().ContainsAny('?', '#');

    private static bool Parse(string text, out long number) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
