using System.Numerics;
using System.Runtime.InteropServices;
using EmPipeline.Volumes;

namespace EmPipeline.Formats.Crops;

/// <summary>Counts the voxels that are not padding: neither 0 nor the largest value of an integer type, nor NaN.</summary>
internal sealed class TissueCounter(VoxelType type)
{
    private byte[]? _first;
    private bool _constant = true;
    private long _voxels;
    private long _tissue;

    /// <summary>The share of tissue so far; 0 while all voxels are the same.</summary>
    public double Share => _voxels == 0 || _constant ? 0 : (double)_tissue / _voxels;

    /// <param name="voxels">Little-endian values of the type.</param>
    public void Add(ReadOnlySpan<byte> voxels)
    {
        _tissue += type switch
        {
            VoxelType.Boolean => voxels.Length - voxels.Count((byte)0),
            VoxelType.UInt8 => Count<byte>(voxels),
            VoxelType.Int8 => Count<sbyte>(voxels),
            VoxelType.UInt16 => Count<ushort>(voxels),
            VoxelType.Int16 => Count<short>(voxels),
            VoxelType.UInt32 => Count<uint>(voxels),
            VoxelType.Int32 => Count<int>(voxels),
            VoxelType.UInt64 => Count<ulong>(voxels),
            VoxelType.Int64 => Count<long>(voxels),
            VoxelType.Float16 => CountNumbers<Half>(voxels),
            VoxelType.Float32 => CountNumbers<float>(voxels),
            _ => CountNumbers<double>(voxels),
        };
        _voxels += voxels.Length / type.Size();
        _first ??= voxels[..type.Size()].ToArray();
        // Equal neighbours all along, and the first equal to the first of all, is the same value throughout.
        _constant = _constant && voxels.StartsWith(_first) && voxels[type.Size()..].SequenceEqual(voxels[..^type.Size()]);
    }

    private static long Count<T>(ReadOnlySpan<byte> voxels)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        var values = MemoryMarshal.Cast<byte, T>(voxels);
        return values.Length - values.Count(T.Zero) - values.Count(T.MaxValue);
    }

    private static long CountNumbers<T>(ReadOnlySpan<byte> voxels)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var count = 0L;
        foreach (var value in MemoryMarshal.Cast<byte, T>(voxels))
        {
            if (value != T.Zero && !T.IsNaN(value))
                count++;
        }

        return count;
    }
}
