using System.Runtime.InteropServices;

namespace EmPipeline.Volumes.Kernels;

/// <summary>Compares voxels with one value bit by bit (so NaN equals the same NaN), with the runtime's vectorised searches.</summary>
public static class FillTest
{
    /// <summary>Whether every voxel has exactly the bytes of <paramref name="value"/>. Stops at the first that has not.</summary>
    public static bool IsAll(ReadOnlySpan<byte> voxels, ReadOnlySpan<byte> value) => value.Length switch
    {
        1 => !voxels.ContainsAnyExcept(value[0]),
        2 => !MemoryMarshal.Cast<byte, ushort>(voxels).ContainsAnyExcept(MemoryMarshal.Read<ushort>(value)),
        4 => !MemoryMarshal.Cast<byte, uint>(voxels).ContainsAnyExcept(MemoryMarshal.Read<uint>(value)),
        _ => !MemoryMarshal.Cast<byte, ulong>(voxels).ContainsAnyExcept(MemoryMarshal.Read<ulong>(value)),
    };

    /// <summary>How many voxels have exactly the bytes of <paramref name="value"/>.</summary>
    public static int Count(ReadOnlySpan<byte> voxels, ReadOnlySpan<byte> value) => value.Length switch
    {
        1 => voxels.Count(value[0]),
        2 => MemoryMarshal.Cast<byte, ushort>(voxels).Count(MemoryMarshal.Read<ushort>(value)),
        4 => MemoryMarshal.Cast<byte, uint>(voxels).Count(MemoryMarshal.Read<uint>(value)),
        _ => MemoryMarshal.Cast<byte, ulong>(voxels).Count(MemoryMarshal.Read<ulong>(value)),
    };
}
