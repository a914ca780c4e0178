namespace EmPipeline.Volumes.Kernels;

/// <summary>What is known of a set of voxels. NaN where there is no voxel to speak of (or only NaN).</summary>
/// <param name="StandardDeviation">Of the population: the root of the mean squared distance from the mean.</param>
/// <param name="FillCount">Voxels equal to the fill value, bit by bit.</param>
public readonly record struct VoxelSummary(
    long Count, double Min, double Max, double Mean, double StandardDeviation,
    double P1, double P5, double P25, double P50, double P75, double P95, double P99, long FillCount);
