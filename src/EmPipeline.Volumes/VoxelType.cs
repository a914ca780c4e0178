namespace EmPipeline.Volumes;

/// <summary>
/// The type of one stored number. RGB is an axis of its own ('c'), and a complex number is an axis of two floats ('i'),
/// so every array is an array of one of these.
/// </summary>
public enum VoxelType
{
    Boolean,
    Int8,
    UInt8,
    Int16,
    UInt16,
    Int32,
    UInt32,
    Int64,
    UInt64,
    Float16,
    Float32,
    Float64,
}

public static class VoxelTypes
{
    /// <summary>Bytes of one number.</summary>
    public static int Size(this VoxelType type) => type switch
    {
        VoxelType.Boolean or VoxelType.Int8 or VoxelType.UInt8 => 1,
        VoxelType.Int16 or VoxelType.UInt16 or VoxelType.Float16 => 2,
        VoxelType.Int32 or VoxelType.UInt32 or VoxelType.Float32 => 4,
        _ => 8,
    };

    /// <summary>The name that Zarr v3 and NumPy use: "uint8", "float32", "bool".</summary>
    public static string Name(this VoxelType type) => type switch
    {
        VoxelType.Boolean => "bool",
        VoxelType.Int8 => "int8",
        VoxelType.UInt8 => "uint8",
        VoxelType.Int16 => "int16",
        VoxelType.UInt16 => "uint16",
        VoxelType.Int32 => "int32",
        VoxelType.UInt32 => "uint32",
        VoxelType.Int64 => "int64",
        VoxelType.UInt64 => "uint64",
        VoxelType.Float16 => "float16",
        VoxelType.Float32 => "float32",
        _ => "float64",
    };

    /// <summary>The type of this <see cref="Name"/>, or null.</summary>
    public static VoxelType? Parse(string name)
    {
        foreach (var type in Enum.GetValues<VoxelType>())
        {
            if (type.Name() == name)
                return type;
        }

        return null;
    }

    public static bool IsFloat(this VoxelType type) => type >= VoxelType.Float16;
}
