namespace EmPipeline.Volumes.Kernels;

/// <summary>
/// Downsamples rows. A type argument, not a delegate: a call with five spans for every 64 bytes of output costs more than the sums themselves.
/// </summary>
internal interface IRowKernel
{
    /// <summary>Downsamples four rows (z0y0, z0y1, z1y0, z1y1) to one, pairwise along x when <paramref name="factor"/> is 2.</summary>
    static abstract void Halve(
        ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, ReadOnlySpan<byte> c, ReadOnlySpan<byte> d, Span<byte> target, int factor);
}
