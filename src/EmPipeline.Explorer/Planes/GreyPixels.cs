using System.Numerics;
using System.Runtime.InteropServices;
using EmPipeline.Volumes;

namespace EmPipeline.Explorer.Planes;

/// <summary>Voxels as grey pixels.</summary>
internal static class GreyPixels
{
    /// <param name="voxels">Little-endian.</param>
    /// <param name="pixels">As many as there are voxels. What is not a number is black.</param>
    /// <param name="low">Black, and what lies below.</param>
    /// <param name="high">White, and what lies above. Below <paramref name="low"/>: dark and bright are exchanged.</param>
    public static void Fill(VoxelType type, ReadOnlySpan<byte> voxels, Span<byte> pixels, double low, double high)
    {
        switch (type)
        {
            case VoxelType.Boolean or VoxelType.UInt8: FillBytes(voxels, pixels, low, high); break;
            case VoxelType.Int8: Fill<sbyte>(voxels, pixels, low, high); break;
            case VoxelType.Int16: Fill<short>(voxels, pixels, low, high); break;
            case VoxelType.UInt16: Fill<ushort>(voxels, pixels, low, high); break;
            case VoxelType.Int32: Fill<int>(voxels, pixels, low, high); break;
            case VoxelType.UInt32: Fill<uint>(voxels, pixels, low, high); break;
            case VoxelType.Int64: Fill<long>(voxels, pixels, low, high); break;
            case VoxelType.UInt64: Fill<ulong>(voxels, pixels, low, high); break;
            case VoxelType.Float16: Fill<Half>(voxels, pixels, low, high); break;
            case VoxelType.Float32: Fill<float>(voxels, pixels, low, high); break;
            case VoxelType.Float64: Fill<double>(voxels, pixels, low, high); break;
        }
    }

    private static void FillBytes(ReadOnlySpan<byte> voxels, Span<byte> pixels, double low, double high)
    {
        Span<byte> table = stackalloc byte[256];
        for (var value = 0; value < table.Length; value++)
            table[value] = Shade(value, low, high);
        for (var i = 0; i < pixels.Length; i++)
            pixels[i] = table[voxels[i]];
    }

    private static void Fill<T>(ReadOnlySpan<byte> voxels, Span<byte> pixels, double low, double high)
        where T : unmanaged, INumberBase<T>
    {
        var values = MemoryMarshal.Cast<byte, T>(voxels);
        for (var i = 0; i < pixels.Length; i++)
            pixels[i] = Shade(double.CreateTruncating(values[i]), low, high);
    }

    // Not a number compares as none of these.
    private static byte Shade(double value, double low, double high) => low > high
        ? value <= high ? (byte)255 : value < low ? (byte)(((low - value) / (low - high) * 255) + 0.5) : (byte)0
        : value >= high ? (byte)255 : value > low ? (byte)(((value - low) / (high - low) * 255) + 0.5) : (byte)0;
}
