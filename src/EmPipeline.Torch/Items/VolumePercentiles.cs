using System.Globalization;
using EmPipeline.Catalog;

namespace EmPipeline.Torch.Items;

/// <summary>
/// The 1st and 99th percentile of a whole volume, from those of its blocks: where as many voxels of all blocks together lie below, when those of
/// each are spread evenly between its percentiles. Of at most <see cref="MostBlocks"/> blocks, evenly chosen.
/// </summary>
internal static class VolumePercentiles
{
    public const int MostBlocks = 1 << 14;
    private const int Halvings = 60;
    private static readonly double[] Shares = [0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1];

    /// <summary>(0, 0) where no voxel is a finite number.</summary>
    public static async Task<(double Low, double High)> OfAsync(CatalogReader catalog, string dataset, int level, CancellationToken cancellation)
    {
        var of = $"FROM blocks WHERE dataset = '{dataset.Replace("'", "''", StringComparison.Ordinal)}' AND level = {level.ToString(CultureInfo.InvariantCulture)} AND state = 'written'";
        var rows = await catalog.QueryAsync(
            $"""
            SELECT (valid_z * valid_y * valid_x - not_finite)::DOUBLE AS n, "min", p1, p5, p25, p50, p75, p95, p99, "max"
            FROM (SELECT *, row_number() OVER (ORDER BY z, y, x) AS number, count(*) OVER () AS total {of} AND not_finite < valid_z * valid_y * valid_x)
            WHERE number * {MostBlocks} % total < {MostBlocks}
            """,
            cancellation: cancellation);
        var blocks = rows.Select(row => ((double)row["n"]!, (double[])[.. row.Values.Skip(1).Select(value => Convert.ToDouble(value, CultureInfo.InvariantCulture))])).ToList();
        return (Percentile(blocks, 0.01), Percentile(blocks, 0.99));
    }

    /// <param name="blocks">Voxels, and the values at 0, 1, 5, 25, 50, 75, 95, 99 and 100 %.</param>
    internal static double Percentile(IReadOnlyList<(double Voxels, double[] Values)> blocks, double share)
    {
        if (blocks.Count == 0)
            return 0;
        var (low, high) = (blocks.Min(block => block.Values[0]), blocks.Max(block => block.Values[^1]));
        var wanted = share * blocks.Sum(block => block.Voxels);
        for (var i = 0; i < Halvings && low < high; i++)
        {
            var middle = low + ((high - low) / 2);
            if (blocks.Sum(block => block.Voxels * ShareBelow(block.Values, middle)) < wanted)
                low = middle;
            else
                high = middle;
        }

        return high;
    }

    /// <summary>The share of voxels that are not above a value.</summary>
    private static double ShareBelow(double[] values, double value)
    {
        if (value >= values[^1])
            return 1;
        var above = Array.FindIndex(values, knot => knot > value);
        if (above == 0)
            return 0;
        var (from, to) = (values[above - 1], values[above]);
        return Shares[above - 1] + ((Shares[above] - Shares[above - 1]) * (value - from) / (to - from));
    }
}
