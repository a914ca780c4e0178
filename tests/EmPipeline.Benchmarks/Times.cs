namespace EmPipeline.Benchmarks;

/// <summary>Seconds by round and run.</summary>
internal sealed class Times(double[,] seconds)
{
    /// <summary>The median of a run.</summary>
    public double this[int run] => Median(round => seconds[round, run]);

    /// <summary>
    /// How many times as fast run <paramref name="run"/> is as run <paramref name="other"/>: the median over the rounds, in each of which
    /// both ran shortly after one another, so that a machine that changes its speed in between does not change it.
    /// </summary>
    public double Ratio(int run, int other) => Median(round => seconds[round, other] / seconds[round, run]);

    /// <summary>The median.</summary>
    public static double Middle(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private double Median(Func<int, double> of) => Middle(Enumerable.Range(0, seconds.GetLength(0)).Select(of));
}
