using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EmPipeline.Volumes.Kernels;

/// <summary>
/// <see cref="Moments"/> of a run of voxels: on 256-bit vectors for uint8, int8, uint16 and int16, with partial sums that cannot overflow within a
/// block; one voxel at a time for what is left, and for other types.
/// </summary>
internal static class MomentKernels
{
    // 16-bit partial sums of two bytes each: 128 × 510 < 2^16.
    private const int ByteBlock = 128 * 32;

    // 32-bit partial sums of two 16-bit numbers each: far below 2^31 for 1,024 additions.
    private const int ShortBlock = 1024 * 32;

    public static Moments Of(VoxelType type, ReadOnlySpan<byte> voxels, int fill) => type switch
    {
        VoxelType.UInt8 when Vector256.IsHardwareAccelerated => OfBytes(voxels, fill, signed: false),
        VoxelType.Int8 when Vector256.IsHardwareAccelerated => OfBytes(voxels, fill, signed: true),
        VoxelType.UInt16 when Vector256.IsHardwareAccelerated => OfShorts<ushort>(voxels, fill),
        VoxelType.Int16 when Vector256.IsHardwareAccelerated => OfShorts<short>(voxels, fill),
        _ => Scalar(type, voxels, fill),
    };

    public static Moments Scalar(VoxelType type, ReadOnlySpan<byte> voxels, int fill) => type switch
    {
        VoxelType.Int8 => Scalar(MemoryMarshal.Cast<byte, sbyte>(voxels), fill),
        VoxelType.UInt16 => Scalar(MemoryMarshal.Cast<byte, ushort>(voxels), fill),
        VoxelType.Int16 => Scalar(MemoryMarshal.Cast<byte, short>(voxels), fill),
        _ => Scalar(voxels, fill),
    };

    private static Moments Scalar<T>(ReadOnlySpan<T> voxels, int fill)
        where T : unmanaged, IBinaryInteger<T>
    {
        var (min, max, sum, squares, filled) = (int.MaxValue, int.MinValue, 0L, 0L, 0L);
        foreach (var voxel in voxels)
        {
            var value = int.CreateTruncating(voxel);
            min = Math.Min(min, value);
            max = Math.Max(max, value);
            sum += value;
            squares += (long)value * value;
            filled += value == fill ? 1 : 0;
        }

        return new Moments(min, max, sum, squares, filled);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Moments OfBytes(ReadOnlySpan<byte> voxels, int fill, bool signed)
    {
        // A signed byte with its sign bit turned is itself + 128 unsigned: summed so, and moved back.
        const int shift = 128;
        var flip = signed ? (byte)shift : (byte)0;
        var (result, unsignedFill, count) = (Moments.None, (byte)((byte)fill ^ flip), 0L);
        while (voxels.Length >= Vector256<byte>.Count)
        {
            var length = Math.Min(voxels.Length, ByteBlock) & ~(Vector256<byte>.Count - 1);
            result += ByteBlockMoments(voxels[..length], Vector256.Create(unsignedFill), Vector256.Create(flip));
            count += length;
            voxels = voxels[length..];
        }

        if (signed && count > 0)
            result = result.Minus(shift, count);
        return voxels.IsEmpty ? result : result + Scalar(signed ? VoxelType.Int8 : VoxelType.UInt8, voxels, fill);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Moments ByteBlockMoments(ReadOnlySpan<byte> block, Vector256<byte> fill, Vector256<byte> flip)
    {
        ref var start = ref MemoryMarshal.GetReference(block);
        var (min, max) = (Vector256.Create(byte.MaxValue), Vector256<byte>.Zero);
        var sums = Vector256<ushort>.Zero;
        var squares = Vector256<uint>.Zero;
        var filled = Vector256<byte>.Zero;
        for (nuint i = 0; i < (nuint)block.Length; i += (nuint)Vector256<byte>.Count)
        {
            var voxels = Vector256.LoadUnsafe(ref start, i) ^ flip;
            min = Vector256.Min(min, voxels);
            max = Vector256.Max(max, voxels);
            // A match is −1; 128 of them fit a byte.
            filled -= Vector256.Equals(voxels, fill);
            var even = voxels.AsUInt16() & Vector256.Create((ushort)0x00FF);
            var odd = voxels.AsUInt16() >>> 8;
            sums += even + odd;
            squares += SumOfSquares(even.AsInt16(), odd.AsInt16());
        }

        return new Moments(Least(min), Most(max), Total(sums), Vector256.Sum(WidenSum(squares)), Total(filled));
    }

    /// <summary>What the lanes of bytes come to, none of them counted as fill.</summary>
    internal static Moments Folded(Vector256<byte> min, Vector256<byte> max, Vector256<ulong> sums, Vector256<ulong> squares) =>
        new(Least(min), Most(max), (long)Vector256.Sum(sums), (long)Vector256.Sum(squares), 0);

    /// <summary>What the lanes of 16-bit numbers come to, none of them counted as fill.</summary>
    internal static Moments Folded(Vector256<short> min, Vector256<short> max, Vector256<long> sums, Vector256<ulong> squares)
    {
        var (least, most) = (int.MaxValue, int.MinValue);
        for (var i = 0; i < Vector256<short>.Count; i++)
            (least, most) = (Math.Min(least, min[i]), Math.Max(most, max[i]));
        return new Moments(least, most, Vector256.Sum(sums), (long)Vector256.Sum(squares), 0);
    }

    private static int Least(Vector256<byte> values)
    {
        var half = Vector128.Min(values.GetLower(), values.GetUpper());
        var least = 255;
        for (var i = 0; i < Vector128<byte>.Count; i++)
            least = Math.Min(least, half[i]);
        return least;
    }

    private static int Most(Vector256<byte> values)
    {
        var half = Vector128.Max(values.GetLower(), values.GetUpper());
        var most = 0;
        for (var i = 0; i < Vector128<byte>.Count; i++)
            most = Math.Max(most, half[i]);
        return most;
    }

    private static long Total(Vector256<ushort> values)
    {
        var (low, high) = Vector256.Widen(values);
        return Vector256.Sum(low + high);
    }

    private static long Total(Vector256<byte> values)
    {
        var (low, high) = Vector256.Widen(values);
        return Total(low + high);
    }

    private static Vector256<long> WidenSum(Vector256<uint> values)
    {
        var (low, high) = Vector256.Widen(values);
        return (low + high).AsInt64();
    }

    /// <summary>a² + b², neighbours added, for numbers of 8 bits in 16-bit lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> SumOfSquares(Vector256<short> a, Vector256<short> b)
    {
        if (Avx2.IsSupported)
            return (Avx2.MultiplyAddAdjacent(a, a) + Avx2.MultiplyAddAdjacent(b, b)).AsUInt32();
        var (lowA, highA) = Vector256.Widen((a * a).AsUInt16());
        var (lowB, highB) = Vector256.Widen((b * b).AsUInt16());
        return lowA + highA + lowB + highB;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Moments OfShorts<T>(ReadOnlySpan<byte> bytes, int fill)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        var result = Moments.None;
        while (bytes.Length >= Vector256<byte>.Count)
        {
            var length = Math.Min(bytes.Length, ShortBlock) & ~(Vector256<byte>.Count - 1);
            result += ShortBlockMoments<T>(bytes[..length], Vector256.Create(T.CreateTruncating(fill)));
            bytes = bytes[length..];
        }

        return bytes.IsEmpty ? result : result + Scalar(MemoryMarshal.Cast<byte, T>(bytes), fill);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Moments ShortBlockMoments<T>(ReadOnlySpan<byte> block, Vector256<T> fill)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        ref var start = ref MemoryMarshal.GetReference(block);
        var (min, max) = (Vector256.Create(T.MaxValue), Vector256.Create(T.MinValue));
        var sums = Vector256<int>.Zero;
        var squares = Vector256<ulong>.Zero;
        var filled = Vector256<ushort>.Zero;
        for (nuint i = 0; i < (nuint)block.Length; i += (nuint)Vector256<byte>.Count)
        {
            var voxels = Vector256.LoadUnsafe(ref start, i).As<byte, T>();
            min = Vector256.Min(min, voxels);
            max = Vector256.Max(max, voxels);
            filled -= Vector256.Equals(voxels, fill).AsUInt16();
            // Low and high halves of each 32-bit lane, with their sign where there is one.
            var pairs = voxels.AsInt32();
            var (even, odd) = typeof(T) == typeof(short)
                ? ((pairs << 16) >> 16, pairs >> 16)
                : (pairs & Vector256.Create(0xFFFF), pairs >>> 16);
            sums += even + odd;
            squares += WidenSum(even * even) + WidenSum(odd * odd);
        }

        var (least, most) = (int.MaxValue, int.MinValue);
        for (var i = 0; i < Vector256<T>.Count; i++)
        {
            least = Math.Min(least, int.CreateTruncating(min[i]));
            most = Math.Max(most, int.CreateTruncating(max[i]));
        }

        var (low, high) = Vector256.Widen(sums);
        return new Moments(least, most, Vector256.Sum(low + high), (long)Vector256.Sum(squares), Total(filled));

        // A square of 16 bits fills 32 unsigned ones.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static Vector256<ulong> WidenSum(Vector256<int> values)
        {
            var unsigned = values.AsUInt64();
            return (unsigned & Vector256.Create(0xFFFFFFFFul)) + (unsigned >>> 32);
        }
    }
}
