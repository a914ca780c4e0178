using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using EmPipeline.Volumes;

namespace EmPipeline.Torch.Blocks;

/// <summary>From voxels as readers give them (little-endian) to what tensors hold. Source and target do not overlap.</summary>
internal static class VoxelConversion
{
    /// <summary>float32 (v - mean) / deviation of each voxel; a deviation of zero counts as one. A voxel that is no finite number becomes 0.</summary>
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
                Scale(MemoryMarshal.Cast<byte, short>(source), target, centre, factor);
                break;
            case VoxelType.UInt16:
                Scale<ushort>(source, target, centre, factor);
                break;
            case VoxelType.Float16:
                Scale<Half>(source, target, centre, factor);
                break;
            case VoxelType.Float32:
                Scale(MemoryMarshal.Cast<byte, float>(source), target, centre, factor);
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

    // Most EM is uint8: what is bound by memory elsewhere is bound by this. v × factor - centre × factor is one instruction a vector.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Scale(ReadOnlySpan<byte> source, Span<float> target, float centre, float factor)
    {
        target = target[..source.Length];
        var offset = (float)(-(double)centre * factor);
        var i = 0;
        if (Avx512F.IsSupported)
        {
            var (factors, offsets) = (Vector512.Create(factor), Vector512.Create(offset));
            ref var from = ref MemoryMarshal.GetReference(source);
            ref var to = ref MemoryMarshal.GetReference(target);
            for (; i <= source.Length - Vector512<float>.Count; i += Vector512<float>.Count)
            {
                var wide = Avx512F.ConvertToVector512Int32(Vector128.LoadUnsafe(ref from, (nuint)i));
                Avx512F.FusedMultiplyAdd(Avx512F.ConvertToVector512Single(wide), factors, offsets).StoreUnsafe(ref to, (nuint)i);
            }
        }
        else if (Avx2.IsSupported && Fma.IsSupported)
        {
            var (factors, offsets) = (Vector256.Create(factor), Vector256.Create(offset));
            ref var from = ref MemoryMarshal.GetReference(source);
            ref var to = ref MemoryMarshal.GetReference(target);
            for (; i <= source.Length - Vector128<byte>.Count; i += Vector256<float>.Count)
            {
                var wide = Avx2.ConvertToVector256Int32(Vector128.LoadUnsafe(ref from, (nuint)i));
                Fma.MultiplyAdd(Avx.ConvertToVector256Single(wide), factors, offsets).StoreUnsafe(ref to, (nuint)i);
            }
        }

        for (; i < source.Length; i++)
            target[i] = MathF.FusedMultiplyAdd(source[i], factor, offset);
    }

    private static void Scale(ReadOnlySpan<short> source, Span<float> target, float centre, float factor)
    {
        var i = 0;
        var (centres, factors, step) = (new Vector<float>(centre), new Vector<float>(factor), Vector<float>.Count);
        for (; i <= source.Length - Vector<short>.Count; i += Vector<short>.Count)
        {
            Vector.Widen(new Vector<short>(source[i..]), out var low, out var high);
            ((Vector.ConvertToSingle(low) - centres) * factors).CopyTo(target[i..]);
            ((Vector.ConvertToSingle(high) - centres) * factors).CopyTo(target[(i + step)..]);
        }

        for (; i < source.Length; i++)
            target[i] = (source[i] - centre) * factor;
    }

    private static void Scale(ReadOnlySpan<float> source, Span<float> target, float centre, float factor)
    {
        var i = 0;
        var (centres, factors, infinity) = (new Vector<float>(centre), new Vector<float>(factor), new Vector<float>(float.PositiveInfinity));
        for (; i <= source.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var voxels = new Vector<float>(source[i..]);
            // Not so for NaN either.
            var finite = Vector.LessThan(Vector.Abs(voxels), infinity);
            Vector.ConditionalSelect(finite, (voxels - centres) * factors, Vector<float>.Zero).CopyTo(target[i..]);
        }

        for (; i < source.Length; i++)
            target[i] = float.IsFinite(source[i]) ? (source[i] - centre) * factor : 0;
    }

    private static void Scale<T>(ReadOnlySpan<byte> source, Span<float> target, float centre, float factor)
        where T : unmanaged, INumberBase<T>
    {
        var values = MemoryMarshal.Cast<byte, T>(source);
        for (var i = 0; i < values.Length; i++)
            target[i] = T.IsFinite(values[i]) ? (float.CreateTruncating(values[i]) - centre) * factor : 0;
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
            target[i] = double.IsFinite(value) ? (float)((value - mean) / deviation) : 0;
        }
    }
}
