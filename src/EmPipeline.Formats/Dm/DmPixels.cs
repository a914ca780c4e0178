using EmPipeline.Volumes;

namespace EmPipeline.Formats.Dm;

/// <summary>What one of Gatan's image data types holds a pixel.</summary>
/// <param name="Type">The type of one number.</param>
/// <param name="Axis">The letter of the axis that a pixel's numbers make; null when it is one number.</param>
/// <param name="Count">Numbers a pixel.</param>
internal sealed record DmPixels(VoxelType Type, char? Axis = null, int Count = 1)
{
    /// <summary>What a type code (ImageData.DataType) means; null for one that is not read.</summary>
    public static DmPixels? Of(long dataType) => dataType switch
    {
        1 => new(VoxelType.Int16),
        2 => new(VoxelType.Float32),
        3 => new(VoxelType.Float32, 'i', 2),
        6 => new(VoxelType.UInt8),
        7 => new(VoxelType.Int32),
        8 or Rgba => new(VoxelType.UInt8, 'c', 4),
        9 => new(VoxelType.Int8),
        10 => new(VoxelType.UInt16),
        11 => new(VoxelType.UInt32),
        12 => new(VoxelType.Float64),
        13 => new(VoxelType.Float64, 'i', 2),
        14 => new(VoxelType.Boolean),
        39 => new(VoxelType.Int64),
        40 => new(VoxelType.UInt64),
        _ => null,
    };

    /// <summary>The type code of colour pixels, which every thumbnail has.</summary>
    public const long Rgba = 23;

    /// <summary>What is known of the types that are not read.</summary>
    public static string Describe(long dataType) => dataType switch
    {
        5 or 27 or 28 => $"an image of data type {dataType} (half of a Fourier transform, packed)",
        _ => $"an image of data type {dataType}",
    };
}
