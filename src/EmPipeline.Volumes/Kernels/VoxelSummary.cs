namespace EmPipeline.Volumes.Kernels;

/// <summary>What is known of a set of voxels. NaN where none is a finite number.</summary>
/// <param name="Count">Voxels that are finite numbers; all but the last two values speak of these.</param>
/// <param name="StandardDeviation">Of the population: the root of the mean squared distance from the mean.</param>
/// <param name="FillCount">Voxels equal to the fill value, bit by bit.</param>
/// <param name="NotFinite">Voxels that are NaN or infinite.</param>
public readonly record struct VoxelSummary(
    long Count, double Min, double Max, double Mean, double StandardDeviation,
    double P1, double P5, double P25, double P50, double P75, double P95, double P99, long FillCount, long NotFinite)
{
    /// <summary>Of voxels that are no finite numbers.</summary>
    public static VoxelSummary Nothing(long fillCount, long notFinite)
    {
        const double none = double.NaN;
        return new VoxelSummary(0, none, none, none, none, none, none, none, none, none, none, none, fillCount, notFinite);
    }
}
