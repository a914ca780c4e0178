using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using EmPipeline.Volumes;

namespace EmPipeline.Torch.Blocks;

/// <summary>From voxels as readers give them (little-endian) to what tensors hold. Source and target do not overlap.</summary>
internal static class VoxelConversion
{
    /// <summary>float32 (v - mean) / deviation of each voxel; a deviation of zero counts as one.</summary>
    public static void Normalise(VoxelType type, ReadOnlySpan<byte> source, Span<float> target, double mean, double deviation)
    {
        var factor = (float)(1 / (deviation > 0 ? deviation : 1));
        var centre = (float)mean;
        switch (type)
        {
            case VoxelType.Boolean or VoxelType.UInt8:
                Scale(source, target, centre, factor);
                break;
            case VoxelType.Int8:
                Scale<sbyte>(source, target, centre, factor);
                break;
            case VoxelType.Int16:
                Scale<short>(source, target, centre, factor);
                break;
            case VoxelType.UInt16:
                Scale<ushort>(source, target, centre, factor);
                break;
            case VoxelType.Float16:
                Scale<Half>(source, target, centre, factor);
                break;
            case VoxelType.Float32:
                Scale<float>(source, target, centre, factor);
                break;
            default:
                ScaleWide(type, source, target, mean, deviation > 0 ? deviation : 1);
                break;
        }
    }

    /// <summary>Widens the unsigned types that torch lacks to the next larger signed one.</summary>
    public static void Widen(VoxelType type, ReadOnlySpan<byte> source, Span<byte> target)
    {
        if (type == VoxelType.UInt16)
            Copy(MemoryMarshal.Cast<byte, ushort>(source), MemoryMarshal.Cast<byte, int>(target));
        else
            Copy(MemoryMarshal.Cast<byte, uint>(source), MemoryMarshal.Cast<byte, long>(target));
    }

    private static void Copy<TFrom, TTo>(ReadOnlySpan<TFrom> source, Span<TTo> target)
        where TFrom : INumberBase<TFrom>
        where TTo : INumberBase<TTo>
    {
        for (var i = 0; i < source.Length; i++)
            target[i] = TTo.CreateTruncating(source[i]);
    }

    // Most EM is uint8: sixteen or thirty-two voxels at a time.
    private static void Scale(ReadOnlySpan<byte> source, Span<float> target, float centre, float factor)
    {
        var i = 0;
        var (centres, factors) = (new Vector<float>(centre), new Vector<float>(factor));
        var step = Vector<float>.Count;
        for (; i <= source.Length - Vector<byte>.Count; i += Vector<byte>.Count)
        {
            Vector.Widen(new Vector<byte>(source[i..]), out var low, out var high);
            Vector.Widen(low, out var a, out var b);
            Vector.Widen(high, out var c, out var d);
            Store(a, target[i..]);
            Store(b, target[(i + step)..]);
            Store(c, target[(i + (2 * step))..]);
            Store(d, target[(i + (3 * step))..]);
        }

        for (; i < source.Length; i++)
            target[i] = (source[i] - centre) * factor;

        void Store(Vector<uint> values, Span<float> to) =>
            ((Vector.ConvertToSingle(Vector.AsVectorInt32(values)) - centres) * factors).CopyTo(to);
    }

    private static void Scale<T>(ReadOnlySpan<byte> source, Span<float> target, float centre, float factor)
        where T : unmanaged, INumberBase<T>
    {
        var values = MemoryMarshal.Cast<byte, T>(source);
        for (var i = 0; i < values.Length; i++)
            target[i] = (float.CreateTruncating(values[i]) - centre) * factor;
    }

    // Types whose values a float cannot hold exactly: the difference is taken before rounding.
    private static void ScaleWide(VoxelType type, ReadOnlySpan<byte> source, Span<float> target, double mean, double deviation)
    {
        var size = type.Size();
        for (var i = 0; i < target.Length; i++)
        {
            var voxel = source[(i * size)..];
            var value = type switch
            {
                VoxelType.Int32 => BinaryPrimitives.ReadInt32LittleEndian(voxel),
                VoxelType.UInt32 => BinaryPrimitives.ReadUInt32LittleEndian(voxel),
                VoxelType.Int64 => BinaryPrimitives.ReadInt64LittleEndian(voxel),
                VoxelType.UInt64 => BinaryPrimitives.ReadUInt64LittleEndian(voxel),
                _ => BinaryPrimitives.ReadDoubleLittleEndian(voxel),
            };
            target[i] = (float)((value - mean) / deviation);
        }
    }
}
