using EmPipeline.Volumes;

namespace EmPipeline.Formats.Mrc;

/// <summary>How MODE stores a voxel.</summary>
/// <param name="Axis">The letter of the axis that a voxel's numbers make; null when it is one number.</param>
internal sealed record MrcMode(VoxelType Type, char? Axis = null, int Count = 1)
{
    /// <summary>Two voxels a byte, the first in the low half; a row starts on a byte.</summary>
    public const int FourBit = 101;

    public static bool IsKnownCode(int code) => code is >= 0 and <= 4 or 6 or 12 or 16 or FourBit;

    /// <summary>The mode of this header, which has a known code.</summary>
    public static MrcMode Of(MrcHeader header) => header.Mode switch
    {
        0 => new(header.BytesAreUnsigned ? VoxelType.UInt8 : VoxelType.Int8),
        1 => new(VoxelType.Int16),
        2 => new(VoxelType.Float32),
        3 => new(VoxelType.Int16, 'i', 2),
        4 => new(VoxelType.Float32, 'i', 2),
        6 => new(VoxelType.UInt16),
        12 => new(VoxelType.Float16),
        16 => new(VoxelType.UInt8, 'c', 3),
        _ => new(VoxelType.UInt8),
    };
}
