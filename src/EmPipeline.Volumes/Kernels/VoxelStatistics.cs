namespace EmPipeline.Volumes.Kernels;

/// <summary>
/// Gathers statistics of voxels that come in runs. One instance a worker, reused; not safe for concurrent use.
/// Percentile p is the smallest value that at least p % of the voxels do not exceed (nearest rank).
/// </summary>
public abstract class VoxelStatistics
{
    /// <summary>Percentiles, in the order of <see cref="VoxelSummary"/>.</summary>
    private protected static readonly double[] Percentiles = [0.01, 0.05, 0.25, 0.50, 0.75, 0.95, 0.99];

    /// <summary>
    /// Statistics for voxels of <paramref name="type"/>. Min, max, mean, deviation and the count of fill use every voxel; percentiles do for
    /// small blocks and take an even sample of larger ones (see <see cref="IntegerStatistics"/> and <see cref="SampledStatistics"/>).
    /// </summary>
    /// <param name="fill">The bytes of the fill value.</param>
    public static VoxelStatistics For(VoxelType type, ReadOnlyMemory<byte> fill) => type switch
    {
        VoxelType.Boolean or VoxelType.UInt8 or VoxelType.Int8 or VoxelType.UInt16 or VoxelType.Int16 => new IntegerStatistics(type, fill),
        _ => new SampledStatistics(type, fill),
    };

    /// <summary>Forgets everything; <paramref name="expectedCount"/> voxels are to come (it sets the sampling step).</summary>
    public abstract void Reset(long expectedCount);

    /// <summary>Takes a run of voxels, little-endian.</summary>
    public abstract void Add(ReadOnlySpan<byte> voxels);

    /// <summary>Takes a run of integers of up to 16 bits whose moments are known, but for the count of fill.</summary>
    internal virtual void Add(ReadOnlySpan<byte> voxels, Moments known) => Add(voxels);

    /// <summary>The statistics of everything added since the last <see cref="Reset"/>.</summary>
    public abstract VoxelSummary Summarise();
}
