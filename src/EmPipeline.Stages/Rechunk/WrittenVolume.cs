using EmPipeline.Volumes;

namespace EmPipeline.Stages.Rechunk;

/// <summary>What Rechunk leaves for the catalogue.</summary>
/// <param name="Zarr">The OME-Zarr group, relative to the data folder.</param>
public sealed record WrittenVolume(string Zarr, string Dtype, IReadOnlyList<WrittenLevel> Levels);

/// <summary>One pyramid level.</summary>
public sealed record WrittenLevel(
    int Level, string Path, NdIndex Shape, double?[] VoxelSizeNm, NdIndex Shard, NdIndex Block, NdIndex Chunk, string Codec, long StoredBytes);
