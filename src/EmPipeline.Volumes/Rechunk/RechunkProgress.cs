namespace EmPipeline.Volumes.Rechunk;

/// <summary>How far a run is. Voxels are level-0 voxels of the region, those of earlier runs included.</summary>
public readonly record struct RechunkProgress(long VoxelsDone, long VoxelsTotal, long BytesWritten);
