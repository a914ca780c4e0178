namespace EmPipeline.Volumes.Kernels;

/// <summary>Exact sums over integers of up to 16 bits.</summary>
/// <param name="Fill">How many equal the fill value.</param>
internal readonly record struct Moments(int Min, int Max, long Sum, long Squares, long Fill)
{
    public static Moments None => new(int.MaxValue, int.MinValue, 0, 0, 0);

    public static Moments operator +(Moments a, Moments b) =>
        new(Math.Min(a.Min, b.Min), Math.Max(a.Max, b.Max), a.Sum + b.Sum, a.Squares + b.Squares, a.Fill + b.Fill);

    /// <summary>The same of <paramref name="count"/> voxels that are each less by <paramref name="shift"/>.</summary>
    public Moments Minus(int shift, long count) =>
        new(Min - shift, Max - shift, Sum - (shift * count), Squares - (2L * shift * Sum) + ((long)shift * shift * count), Fill);
}
