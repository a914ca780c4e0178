namespace EmPipeline.Volumes.Sections;

/// <summary>
/// One figure of all sections in order, and how far each lies off the ones around it. What is usual is told by medians, so that a few defects
/// in a row do not hide each other, and by how much neighbours differ, so that a slow change along the volume is nobody's defect.
/// </summary>
/// <param name="values">NaN where there is none.</param>
internal sealed class SectionSeries(double[] values)
{
    // Two defects of five neighbours are outvoted.
    private const int Beside = 5;
    private const int LeastBeside = 3;
    private const int Around = 64;
    private const double DeviationOfMad = 1.4826;
    // What is usual changes little from one section to the next: it is asked for so many at once.
    private const int Together = 16;
    private readonly double?[] _spread = new double?[(values.Length / Together) + 1];
    private readonly double?[] _usual = new double?[(values.Length / Together) + 1];

    public double this[int i] => values[i];

    /// <summary>The median of the <see cref="Beside"/> values before; NaN where there are too few.</summary>
    public double Before(int i) => MedianBeside(i, -1);

    public double After(int i) => MedianBeside(i, 1);

    /// <summary>
    /// How far it lies outside what is before and what is after; 0 between them. At an end only the one side counts.
    /// </summary>
    public double Off(int i)
    {
        var (before, after) = (values[i] - Before(i), values[i] - After(i));
        if (double.IsNaN(before) || double.IsNaN(after))
            return double.IsNaN(before) ? (double.IsNaN(after) ? 0 : after) : before;
        return Math.Sign(before) != Math.Sign(after) ? 0 : Math.Sign(before) * Math.Min(Math.Abs(before), Math.Abs(after));
    }

    /// <summary>How far the five from it on lie off the five before it.</summary>
    public double Step(int i)
    {
        var after = MedianBeside(i - 1, 1);
        var step = after - Before(i);
        return double.IsNaN(step) ? 0 : step;
    }

    /// <summary>What deviation is usual around it, from how much neighbours differ.</summary>
    public double Spread(int i) => _spread[i / Together] ??= SpreadAround(i / Together * Together);

    /// <summary>The median of all around it.</summary>
    public double Usual(int i) => _usual[i / Together] ??= UsualAround(i / Together * Together);

    private double SpreadAround(int i)
    {
        var differences = new List<double>();
        for (var at = Math.Max(1, i - Around); at < Math.Min(values.Length, i + Around + Together); at++)
        {
            var difference = Math.Abs(values[at] - values[at - 1]);
            if (!double.IsNaN(difference))
                differences.Add(difference);
        }

        return differences.Count == 0 ? double.NaN : DeviationOfMad * Median(differences) / Math.Sqrt(2);
    }

    private double UsualAround(int i)
    {
        var around = new List<double>();
        for (var at = Math.Max(0, i - Around); at < Math.Min(values.Length, i + Around + Together); at++)
        {
            if (!double.IsNaN(values[at]))
                around.Add(values[at]);
        }

        return around.Count == 0 ? double.NaN : Median(around);
    }

    private double MedianBeside(int i, int direction)
    {
        var beside = new List<double>(Beside);
        // A value that is not there is no neighbour, and the next one further is asked, but not for ever.
        for (var at = i + direction; at >= 0 && at < values.Length && beside.Count < Beside && Math.Abs(at - i) <= 4 * Beside; at += direction)
        {
            if (!double.IsNaN(values[at]))
                beside.Add(values[at]);
        }

        return beside.Count < LeastBeside ? double.NaN : Median(beside);
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        var middle = values.Count / 2;
        return values.Count % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }
}
