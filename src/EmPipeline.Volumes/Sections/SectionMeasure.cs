using System.Runtime.Intrinsics;

namespace EmPipeline.Volumes.Sections;

/// <summary>What is measured of one section, before it is judged by the others. NaN where there is no finite voxel, or nothing to compare with.</summary>
/// <param name="Index">Along z, in voxels of the finest level.</param>
/// <param name="Low">The least drawn voxel.</param>
/// <param name="LowShare">The share of drawn voxels that equal it.</param>
/// <param name="Contrast">The variance of the patches' means.</param>
/// <param name="IsRepeat">It is, in all that is known of it, the one before.</param>
internal sealed record SectionMeasure(
    long Index, double Mean, double StandardDeviation, double[] Percentiles, double Low, double LowShare, double High, double HighShare,
    double FiniteShare, double BlankShare, double FilledShare, double Sharpness, double Contrast, SectionMotion Motion, bool IsRepeat)
{
    private static readonly double[] Ranks = [0.01, 0.05, 0.25, 0.50, 0.75, 0.95, 0.99];

    public static SectionMeasure Of(long index, SectionImage image, SectionPicture picture, SectionImage? before, SectionPicture? pictureBefore)
    {
        var (sums, drawn) = (image.Sums, image.Drawn);
        var count = drawn.Length;
        var mean = Sum(drawn) / count;
        var squares = SumOfSquares(drawn, mean);
        var (low, high) = count == 0 ? (double.NaN, double.NaN) : (drawn[0], drawn[^1]);
        var (lows, highs) = (0, 0);
        while (lows < count && drawn[lows] == low)
            lows++;
        while (highs < count && drawn[^(highs + 1)] == high)
            highs++;
        return new SectionMeasure(
            index, sums.Finite == 0 ? double.NaN : sums.Sum / sums.Finite, count == 0 ? double.NaN : Math.Sqrt(squares / count),
            [.. Ranks.Select(rank => count == 0 ? double.NaN : drawn[Math.Max(0, (int)Math.Ceiling(rank * count) - 1)])],
            low, (double)lows / count, high, (double)highs / count,
            Share(sums.Finite), Share(sums.Blank), Share(sums.Filled), sums.Pairs == 0 ? double.NaN : sums.Energy / sums.Pairs, picture.Variance,
            pictureBefore is null ? SectionMotion.Unknown : picture.Compare(pictureBefore),
            before is not null && sums == before.Sums && image.Means.AsSpan().SequenceEqual(before.Means) && drawn.AsSpan().SequenceEqual(before.Drawn));

        double Share(int voxels) => sums.Looked == 0 ? double.NaN : (double)voxels / sums.Looked;
    }

    // Four sums side by side, on every machine.
    private static double Sum(ReadOnlySpan<double> values)
    {
        var (sums, at) = (Vector256<double>.Zero, 0);
        for (; at + Vector256<double>.Count <= values.Length; at += Vector256<double>.Count)
            sums += Vector256.Create(values[at..]);
        var sum = Vector256.Sum(sums);
        for (; at < values.Length; at++)
            sum += values[at];
        return sum;
    }

    private static double SumOfSquares(ReadOnlySpan<double> values, double mean)
    {
        var (means, sums, at) = (Vector256.Create(mean), Vector256<double>.Zero, 0);
        for (; at + Vector256<double>.Count <= values.Length; at += Vector256<double>.Count)
        {
            var off = Vector256.Create(values[at..]) - means;
            sums += off * off;
        }

        var sum = Vector256.Sum(sums);
        for (; at < values.Length; at++)
            sum += (values[at] - mean) * (values[at] - mean);
        return sum;
    }
}
