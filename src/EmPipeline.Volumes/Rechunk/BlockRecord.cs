namespace EmPipeline.Volumes.Rechunk;

/// <summary>
/// What is known of one shard: one row of the block index. Statistics are of the valid voxels only (not of an edge shard's padding);
/// NaN where there is nothing to speak of. Percentiles of large shards are those of an even sample (see <c>VoxelStatistics</c>).
/// </summary>
/// <param name="Level">The pyramid level, 0 the finest.</param>
/// <param name="Origin">The shard's first voxel, z, y, x, in voxels of its level.</param>
/// <param name="ValidShape">How many voxels of the shard lie in the volume, z, y, x.</param>
/// <param name="FillShare">The share of valid voxels that equal the fill value, 0 to 1.</param>
/// <param name="StoredBytes">The size of the shard's file; 0 for an empty shard.</param>
/// <param name="Checksum">CRC-32C of the shard's file, eight hexadecimal digits; "" for an empty shard.</param>
/// <param name="State"><see cref="Written"/> or <see cref="Empty"/>.</param>
public sealed record BlockRecord(
    int Level, NdIndex Origin, NdIndex ValidShape, double Min, double Max, double Mean, double StandardDeviation,
    double P1, double P5, double P25, double P50, double P75, double P95, double P99,
    double FillShare, long StoredBytes, string Checksum, string State)
{
    /// <summary>The shard is a file.</summary>
    public const string Written = "written";

    /// <summary>Every voxel has the fill value, so there is no file.</summary>
    public const string Empty = "empty";
}
