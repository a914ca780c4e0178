namespace EmPipeline.Torch.Inference;

/// <summary>
/// Where tiles lie along one axis, and how much each counts at every voxel. Tiles are an even step apart; the last is moved back so that it
/// ends with the volume. One that is longer than the volume reaches beyond it. Immutable.
/// </summary>
internal sealed class TileAxis
{
    // As MONAI does: the far corners of a narrow Gaussian would have no weight at all.
    private const double LeastWeight = 1e-3;
    private readonly float[][] _weights;

    /// <param name="extent">Of the volume.</param>
    /// <param name="length">Of a tile, without halo.</param>
    /// <param name="sigma">The Gaussian's deviation in tile lengths.</param>
    public TileAxis(long extent, long length, long overlap, double sigma)
    {
        (Extent, Length) = (extent, length);
        var count = extent <= length ? 1 : 1 + (int)((extent - length + (length - overlap) - 1) / (length - overlap));
        Starts = [.. Enumerable.Range(0, count).Select(i => Math.Max(0, Math.Min(i * (length - overlap), extent - length)))];
        _weights = Normalised(Gaussian(length, sigma));
    }

    public long Extent { get; }

    public long Length { get; }

    /// <summary>The first voxel of each tile, in order.</summary>
    public IReadOnlyList<long> Starts { get; }

    /// <summary>How much a tile counts at each of its voxels. Over all tiles it is 1 at every voxel of the volume.</summary>
    public ReadOnlySpan<float> Weights(int tile) => _weights[tile];

    /// <summary>The first tile that ends beyond a voxel.</summary>
    public int FirstBeyond(long voxel)
    {
        var tile = 0;
        while (Starts[tile] + Length <= voxel)
            tile++;
        return tile;
    }

    /// <summary>The tiles that have voxels from <paramref name="from"/> up to <paramref name="end"/>.</summary>
    public IEnumerable<int> Touching(long from, long end) => Enumerable.Range(0, Starts.Count).Where(tile => Starts[tile] < end && Starts[tile] + Length > from);

    private static double[] Gaussian(long length, double sigma)
    {
        var weights = new double[length];
        for (var i = 0; i < length; i++)
        {
            var distance = (i - ((length - 1) / 2.0)) / (sigma * length);
            weights[i] = Math.Max(LeastWeight, Math.Exp(-0.5 * distance * distance));
        }

        return weights;
    }

    // Weights are products of three axes' and tiles a grid, so the sum of all weights at a voxel is a product too: no sum of weights is kept.
    private float[][] Normalised(double[] weights)
    {
        var sums = new double[Extent];
        foreach (var start in Starts)
        {
            for (var i = 0; i < Length && start + i < Extent; i++)
                sums[start + i] += weights[i];
        }

        return [.. Starts.Select(start => Enumerable.Range(0, (int)Length).Select(i => start + i < Extent ? (float)(weights[i] / sums[start + i]) : 0).ToArray())];
    }
}
