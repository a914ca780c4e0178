namespace EmPipeline.Volumes.Kernels;

/// <summary>Of voxels that are names and no numbers: counts fill. Their mean would say nothing.</summary>
internal sealed class FillStatistics(ReadOnlyMemory<byte> fill) : VoxelStatistics
{
    private long _fillCount;

    public override void Reset(long expectedCount) => _fillCount = 0;

    public override void Add(ReadOnlySpan<byte> voxels) => _fillCount += FillTest.Count(voxels, fill.Span);

    public override VoxelSummary Summarise() => VoxelSummary.Nothing(_fillCount, 0);
}
