using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EmPipeline.Volumes.Kernels;

/// <summary>
/// Row kernels on vectors: a lane of twice the voxel's width holds a pair of neighbours, is split by mask and shift, and the eight
/// values are summed without overflow. What a vector does not fill is left to <see cref="ScalarRows"/>.
/// </summary>
internal static class VectorRows
{
    internal readonly struct UInt8Mean : IRowKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Halve(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, ReadOnlySpan<byte> c, ReadOnlySpan<byte> d, Span<byte> target, int factor)
        {
            var done = MeanBytes(a, b, c, d, target, factor, 0);
            if (done < target.Length)
                ScalarRows.MeanInteger<byte>(a[(done * 2)..], b[(done * 2)..], c[(done * 2)..], d[(done * 2)..], target[done..], factor);
        }
    }

    /// <summary>A signed byte with its sign bit turned is itself + 128 unsigned, and the mean of such numbers is the mean + 128.</summary>
    internal readonly struct Int8Mean : IRowKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Halve(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, ReadOnlySpan<byte> c, ReadOnlySpan<byte> d, Span<byte> target, int factor)
        {
            var done = MeanBytes(a, b, c, d, target, factor, 0x80);
            if (done < target.Length)
                ScalarRows.MeanInteger<sbyte>(a[(done * 2)..], b[(done * 2)..], c[(done * 2)..], d[(done * 2)..], target[done..], factor);
        }
    }

    internal readonly struct UInt16Mean : IRowKernel
    {
        public static void Halve(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, ReadOnlySpan<byte> c, ReadOnlySpan<byte> d, Span<byte> target, int factor) =>
            MeanUInt16(a, b, c, d, target, factor);
    }

    internal readonly struct Int16Mean : IRowKernel
    {
        public static void Halve(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, ReadOnlySpan<byte> c, ReadOnlySpan<byte> d, Span<byte> target, int factor) =>
            MeanInt16(a, b, c, d, target, factor);
    }

    /// <param name="flip">The bits to turn in what is read and again in what is written.</param>
    /// <returns>How many means it wrote.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int MeanBytes(
        ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, ReadOnlySpan<byte> c, ReadOnlySpan<byte> d, Span<byte> target, int factor, byte flip)
    {
        var done = 0;
        if (factor != 2)
            return done;
        if (Avx512BW.IsSupported)
        {
            var (flips, step) = (Vector512.Create(flip), Vector512<byte>.Count / 2);
            for (; (done + step) * 2 <= a.Length; done += step)
            {
                var sums = Wide(a, done * 2, flips) + Wide(b, done * 2, flips) + Wide(c, done * 2, flips) + Wide(d, done * 2, flips);
                var means = Avx512BW.ConvertToVector256Byte((sums + Vector512.Create((ushort)4)) >>> 3) ^ Vector256.Create(flip);
                means.StoreUnsafe(ref MemoryMarshal.GetReference(target), (nuint)done);
            }
        }
        else if (Avx2.IsSupported)
        {
            var (flips, step) = (Vector256.Create(flip), Vector256<byte>.Count);
            for (; (done + step) * 2 <= a.Length; done += step)
            {
                var low = MeanOfPairs(a, b, c, d, done * 2, flips);
                var high = MeanOfPairs(a, b, c, d, (done * 2) + step, flips);
                // Packing interleaves the halves.
                var means = Avx2.Permute4x64(Avx2.PackUnsignedSaturate(low, high).AsUInt64(), 0b11_01_10_00).AsByte() ^ flips;
                means.StoreUnsafe(ref MemoryMarshal.GetReference(target), (nuint)done);
            }
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            var (flips, step) = (Vector256.Create(flip), Vector256<byte>.Count);
            for (; (done + step) * 2 <= a.Length; done += step)
            {
                var low = Mean(a, b, c, d, done * 2, flips);
                var high = Mean(a, b, c, d, (done * 2) + step, flips);
                (Vector256.Narrow(low, high) ^ flips).StoreUnsafe(ref MemoryMarshal.GetReference(target), (nuint)done);
            }
        }

        return done;

        // A byte without a sign times one, and its neighbour's, added.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static Vector256<short> MeanOfPairs(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, ReadOnlySpan<byte> c, ReadOnlySpan<byte> d, int at, Vector256<byte> flip)
        {
            var ones = Vector256<sbyte>.One;
            var sums = Avx2.MultiplyAddAdjacent(Load(a, at) ^ flip, ones) + Avx2.MultiplyAddAdjacent(Load(b, at) ^ flip, ones)
                + Avx2.MultiplyAddAdjacent(Load(c, at) ^ flip, ones) + Avx2.MultiplyAddAdjacent(Load(d, at) ^ flip, ones);
            return (sums + Vector256.Create((short)4)) >>> 3;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static Vector256<ushort> Mean(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, ReadOnlySpan<byte> c, ReadOnlySpan<byte> d, int at, Vector256<byte> flip) =>
            (Pairs(a, at, flip) + Pairs(b, at, flip) + Pairs(c, at, flip) + Pairs(d, at, flip) + Vector256.Create((ushort)4)) >>> 3;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static Vector256<ushort> Pairs(ReadOnlySpan<byte> row, int at, Vector256<byte> flip)
        {
            var pairs = (Load(row, at) ^ flip).AsUInt16();
            return (pairs & Vector256.Create((ushort)0x00FF)) + (pairs >>> 8);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static Vector512<ushort> Wide(ReadOnlySpan<byte> row, int at, Vector512<byte> flip)
        {
            var pairs = (Vector512.LoadUnsafe(ref MemoryMarshal.GetReference(row), (nuint)at) ^ flip).AsUInt16();
            return (pairs & Vector512.Create((ushort)0x00FF)) + (pairs >>> 8);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MeanUInt16(
        ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, ReadOnlySpan<byte> c, ReadOnlySpan<byte> d, Span<byte> target, int factor)
    {
        var done = 0;
        if (Vector256.IsHardwareAccelerated && factor == 2)
        {
            var step = Vector256<byte>.Count;
            for (; (done + step) * 2 <= a.Length; done += step)
            {
                var low = Mean(a, b, c, d, done * 2);
                var high = Mean(a, b, c, d, (done * 2) + step);
                Vector256.Narrow(low, high).AsByte().StoreUnsafe(ref MemoryMarshal.GetReference(target), (nuint)done);
            }
        }

        ScalarRows.MeanInteger<ushort>(a[(done * 2)..], b[(done * 2)..], c[(done * 2)..], d[(done * 2)..], target[done..], factor);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static Vector256<uint> Mean(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, ReadOnlySpan<byte> c, ReadOnlySpan<byte> d, int at) =>
            (Pairs(a, at) + Pairs(b, at) + Pairs(c, at) + Pairs(d, at) + Vector256.Create(4u)) >>> 3;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static Vector256<uint> Pairs(ReadOnlySpan<byte> row, int at)
        {
            var pairs = Load(row, at).AsUInt32();
            return (pairs & Vector256.Create(0xFFFFu)) + (pairs >>> 16);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MeanInt16(
        ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, ReadOnlySpan<byte> c, ReadOnlySpan<byte> d, Span<byte> target, int factor)
    {
        var done = 0;
        if (Vector256.IsHardwareAccelerated && factor == 2)
        {
            var step = Vector256<byte>.Count;
            for (; (done + step) * 2 <= a.Length; done += step)
            {
                var low = Mean(a, b, c, d, done * 2);
                var high = Mean(a, b, c, d, (done * 2) + step);
                Vector256.Narrow(low, high).AsByte().StoreUnsafe(ref MemoryMarshal.GetReference(target), (nuint)done);
            }
        }

        ScalarRows.MeanInteger<short>(a[(done * 2)..], b[(done * 2)..], c[(done * 2)..], d[(done * 2)..], target[done..], factor);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static Vector256<int> Mean(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, ReadOnlySpan<byte> c, ReadOnlySpan<byte> d, int at) =>
            (Pairs(a, at) + Pairs(b, at) + Pairs(c, at) + Pairs(d, at) + Vector256.Create(4)) >> 3;

        // The low half is moved up and back down to spread its sign.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static Vector256<int> Pairs(ReadOnlySpan<byte> row, int at)
        {
            var pairs = Load(row, at).AsInt32();
            return ((pairs << 16) >> 16) + (pairs >> 16);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Load(ReadOnlySpan<byte> row, int at) => Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(row), (nuint)at);
}
