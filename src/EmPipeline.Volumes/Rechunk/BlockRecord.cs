namespace EmPipeline.Volumes.Rechunk;

/// <summary>
/// What is known of one block, the unit of sampling: one row of the block index. Statistics are of the valid voxels that are finite numbers;
/// NaN where there is none. Percentiles of large blocks are those of an even sample (see <c>VoxelStatistics</c>).
/// </summary>
/// <param name="Level">The pyramid level, 0 the finest.</param>
/// <param name="Origin">The block's first voxel, z, y, x, in voxels of its level.</param>
/// <param name="ValidShape">How many voxels of the block lie in the volume, z, y, x.</param>
/// <param name="FillShare">The share of valid voxels that equal the fill value, 0 to 1.</param>
/// <param name="BlankShare">The share of valid voxels that lie in inner chunks of one value only, 0 to 1: nothing was recorded there.</param>
/// <param name="NotFinite">How many valid voxels are NaN or infinite, and so in none of the statistics.</param>
public sealed record BlockRecord(
    int Level, NdIndex Origin, NdIndex ValidShape, double Min, double Max, double Mean, double StandardDeviation,
    double P1, double P5, double P25, double P50, double P75, double P95, double P99,
    double FillShare, double BlankShare, long NotFinite);
