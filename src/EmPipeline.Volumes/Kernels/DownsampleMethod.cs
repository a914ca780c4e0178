namespace EmPipeline.Volumes.Kernels;

/// <summary>How eight voxels become one.</summary>
public enum DownsampleMethod
{
    /// <summary>
    /// The mean. Integers: exact sum, plus half, rounded down (a mean of 2.5 gives 3, of −2.5 gives −2). Floats: summed in double precision.
    /// </summary>
    Mean,

    /// <summary>The most frequent value, of several the one that comes first in C order: for labels, which have no mean.</summary>
    Mode,
}

public static class DownsampleMethods
{
    /// <summary>The mean for grey values (integers up to 16 bits, floats), the mode for what is mostly labels (bool, 32- and 64-bit integers).</summary>
    public static DownsampleMethod DefaultFor(VoxelType type) => type switch
    {
        VoxelType.Boolean or VoxelType.Int32 or VoxelType.UInt32 or VoxelType.Int64 or VoxelType.UInt64 => DownsampleMethod.Mode,
        _ => DownsampleMethod.Mean,
    };
}
