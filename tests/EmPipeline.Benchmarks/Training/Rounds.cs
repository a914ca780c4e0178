namespace EmPipeline.Benchmarks.Training;

/// <summary>Rates that are measured in turn, round after round; the first rounds are not counted.</summary>
internal sealed class Rounds
{
    private const int WarmUp = 2;
    private readonly double[,] _rates;

    private Rounds(double[,] rates) => _rates = rates;

    /// <summary>The median of a run.</summary>
    public double this[int run] => Times.Middle(Enumerable.Range(0, _rates.GetLength(0)).Select(round => _rates[round, run]));

    /// <param name="runs">Each is given the number of its round, from 0, and says its rate.</param>
    public static Rounds Measure(int rounds, params Func<int, double>[] runs)
    {
        var rates = new double[rounds, runs.Length];
        for (var round = 0; round < WarmUp + rounds; round++)
        {
            for (var i = 0; i < runs.Length; i++)
            {
                var rate = runs[i](round);
                if (round >= WarmUp)
                    rates[round - WarmUp, i] = rate;
            }
        }

        return new Rounds(rates);
    }

    /// <summary>The median over the rounds of run <paramref name="run"/> over run <paramref name="other"/>.</summary>
    public double Ratio(int run, int other) => Times.Middle(Enumerable.Range(0, _rates.GetLength(0)).Select(round => _rates[round, run] / _rates[round, other]));
}
