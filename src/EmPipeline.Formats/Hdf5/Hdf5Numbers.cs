using System.Runtime.InteropServices;
using EmPipeline.Volumes;

namespace EmPipeline.Formats.Hdf5;

/// <summary>Small arrays of any number type as doubles, for metadata.</summary>
internal static class Hdf5Numbers
{
    /// <param name="bytes">A whole number of elements, little-endian.</param>
    public static double[] ToDoubles(ReadOnlySpan<byte> bytes, VoxelType type) => type switch
    {
        VoxelType.Boolean or VoxelType.UInt8 => Widen<byte>(bytes, value => value),
        VoxelType.Int8 => Widen<sbyte>(bytes, value => value),
        VoxelType.Int16 => Widen<short>(bytes, value => value),
        VoxelType.UInt16 => Widen<ushort>(bytes, value => value),
        VoxelType.Int32 => Widen<int>(bytes, value => value),
        VoxelType.UInt32 => Widen<uint>(bytes, value => value),
        VoxelType.Int64 => Widen<long>(bytes, value => value),
        VoxelType.UInt64 => Widen<ulong>(bytes, value => value),
        VoxelType.Float16 => Widen<Half>(bytes, value => (double)value),
        VoxelType.Float32 => Widen<float>(bytes, value => value),
        _ => Widen<double>(bytes, value => value),
    };

    private static double[] Widen<T>(ReadOnlySpan<byte> bytes, Func<T, double> widen)
        where T : unmanaged
    {
        var values = MemoryMarshal.Cast<byte, T>(bytes);
        var result = new double[values.Length];
        for (var i = 0; i < values.Length; i++)
            result[i] = widen(values[i]);
        return result;
    }
}
