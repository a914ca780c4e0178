namespace EmPipeline.Catalog;

/// <summary>One resolution level of a <see cref="PredictedLabel"/>; all triples are z, y, x.</summary>
/// <param name="Path">Its folder in the label's: "s0".</param>
/// <param name="CentreNm">The centre of its first voxel; 0 is that of the image's first voxel at level 0.</param>
/// <param name="StoredBytes">Of its shard files.</param>
public sealed record PredictedLevel(
    string Path, long[] Shape, double[] VoxelSizeNm, double[] CentreNm, long[] Shard, long[] Block, long[] Chunk, string Codec, long StoredBytes);
