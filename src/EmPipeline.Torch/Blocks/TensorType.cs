using EmPipeline.Volumes;
using static TorchSharp.torch;

namespace EmPipeline.Torch.Blocks;

internal static class TensorType
{
    /// <summary>The torch type that holds a volume's stored values.</summary>
    public static ScalarType Of(VoxelType type) => type switch
    {
        VoxelType.Boolean => ScalarType.Bool,
        VoxelType.Int8 => ScalarType.Int8,
        VoxelType.UInt8 => ScalarType.Byte,
        VoxelType.Int16 => ScalarType.Int16,
        VoxelType.UInt16 or VoxelType.Int32 => ScalarType.Int32,
        VoxelType.UInt32 or VoxelType.Int64 or VoxelType.UInt64 => ScalarType.Int64,
        VoxelType.Float16 => ScalarType.Float16,
        VoxelType.Float32 => ScalarType.Float32,
        _ => ScalarType.Float64,
    };

    /// <summary>Bytes of one element.</summary>
    public static int Size(ScalarType type) => type switch
    {
        ScalarType.Bool or ScalarType.Int8 or ScalarType.Byte => 1,
        ScalarType.Int16 or ScalarType.Float16 => 2,
        ScalarType.Int32 or ScalarType.Float32 => 4,
        _ => 8,
    };
}
