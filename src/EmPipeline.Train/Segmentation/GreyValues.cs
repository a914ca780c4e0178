using System.Numerics;
using System.Runtime.InteropServices;
using EmPipeline.Volumes;

namespace EmPipeline.Train.Segmentation;

/// <summary>Voxels as networks are given them.</summary>
internal static class GreyValues
{
    /// <summary>(v - mean) / deviation; a deviation of zero counts as one, and what is no finite number becomes 0.</summary>
    public static void Normalise(VoxelType type, ReadOnlySpan<byte> voxels, Span<float> target, double mean, double deviation)
    {
        switch (type)
        {
            case VoxelType.Boolean or VoxelType.UInt8: Rows(voxels, target, mean, deviation); break;
            case VoxelType.Int8: Rows(MemoryMarshal.Cast<byte, sbyte>(voxels), target, mean, deviation); break;
            case VoxelType.UInt16: Rows(MemoryMarshal.Cast<byte, ushort>(voxels), target, mean, deviation); break;
            case VoxelType.Int16: Rows(MemoryMarshal.Cast<byte, short>(voxels), target, mean, deviation); break;
            case VoxelType.UInt32: Rows(MemoryMarshal.Cast<byte, uint>(voxels), target, mean, deviation); break;
            case VoxelType.Int32: Rows(MemoryMarshal.Cast<byte, int>(voxels), target, mean, deviation); break;
            case VoxelType.UInt64: Rows(MemoryMarshal.Cast<byte, ulong>(voxels), target, mean, deviation); break;
            case VoxelType.Int64: Rows(MemoryMarshal.Cast<byte, long>(voxels), target, mean, deviation); break;
            case VoxelType.Float16: Rows(MemoryMarshal.Cast<byte, Half>(voxels), target, mean, deviation); break;
            case VoxelType.Float32: Rows(MemoryMarshal.Cast<byte, float>(voxels), target, mean, deviation); break;
            default: Rows(MemoryMarshal.Cast<byte, double>(voxels), target, mean, deviation); break;
        }
    }

    private static void Rows<T>(ReadOnlySpan<T> voxels, Span<float> target, double mean, double deviation)
        where T : unmanaged, INumberBase<T>
    {
        var divisor = deviation > 0 ? deviation : 1;
        for (var i = 0; i < voxels.Length; i++)
        {
            var value = double.CreateTruncating(voxels[i]);
            target[i] = double.IsFinite(value) ? (float)((value - mean) / divisor) : 0;
        }
    }
}
