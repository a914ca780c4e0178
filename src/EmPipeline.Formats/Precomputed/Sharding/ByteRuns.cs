namespace EmPipeline.Formats.Precomputed;

/// <summary>One read of a file and the chunks that lie in it.</summary>
/// <param name="First">Its first member in the sorted list.</param>
/// <param name="Count">How many members follow on in the sorted list.</param>
internal readonly record struct ByteRun(long Offset, long Length, int First, int Count);

/// <summary>Joins neighbouring byte ranges into few reads.</summary>
internal static class ByteRuns
{
    /// <summary>Reads grow no longer than this by joining, which bounds memory and lets reads run side by side.</summary>
    public const long MaximumJoined = 8L << 20;

    // A gap is read along when it costs less than a request would, as long as all such gaps stay within this share of the bytes asked for.
    private const long MaximumGap = 256L << 10;
    private const int WasteDivisor = 32;

    /// <summary>Plans the reads of ranges of one file.</summary>
    /// <param name="sorted">Sorted by offset; ranges may touch or overlap.</param>
    public static List<ByteRun> Plan(ReadOnlySpan<(long Offset, long Length)> sorted)
    {
        var wanted = 0L;
        var gaps = new List<long>();
        var end = sorted.IsEmpty ? 0 : sorted[0].Offset;
        foreach (var (offset, length) in sorted)
        {
            wanted += length;
            if (offset > end && offset - end <= MaximumGap)
                gaps.Add(offset - end);
            end = Math.Max(end, offset + length);
        }

        return Join(sorted, LargestGap(gaps, wanted / WasteDivisor));
    }

    // Taking the smallest gaps first joins the most reads for the bytes wasted.
    private static long LargestGap(List<long> gaps, long budget)
    {
        gaps.Sort();
        var largest = 0L;
        for (var i = 0; i < gaps.Count;)
        {
            var next = i;
            while (next < gaps.Count && gaps[next] == gaps[i])
                next++;
            budget -= gaps[i] * (next - i);
            if (budget < 0)
                break;
            largest = gaps[i];
            i = next;
        }

        return largest;
    }

    private static List<ByteRun> Join(ReadOnlySpan<(long Offset, long Length)> sorted, long gap)
    {
        var runs = new List<ByteRun>();
        var (start, end, first) = (0L, 0L, 0);
        for (var i = 0; i < sorted.Length; i++)
        {
            var (offset, length) = sorted[i];
            var joined = Math.Max(end, offset + length);
            if (i > first && offset - end <= gap && joined - start <= MaximumJoined)
            {
                end = joined;
                continue;
            }

            if (i > first)
                runs.Add(new ByteRun(start, end - start, first, i - first));
            (start, end, first) = (offset, offset + length, i);
        }

        if (sorted.Length > first)
            runs.Add(new ByteRun(start, end - start, first, sorted.Length - first));
        return runs;
    }
}
