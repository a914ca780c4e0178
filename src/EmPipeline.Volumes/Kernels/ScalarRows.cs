using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EmPipeline.Volumes.Kernels;

/// <summary>Row kernels for every type, one voxel at a time; the vector kernels are tested against them.</summary>
internal static class ScalarRows
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MeanInteger<T>(
        ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, ReadOnlySpan<byte> c, ReadOnlySpan<byte> d, Span<byte> target, int factor)
        where T : unmanaged, IBinaryInteger<T>
    {
        var rowA = Of<T>(a);
        var rowB = Of<T>(b);
        var rowC = Of<T>(c);
        var rowD = Of<T>(d);
        var means = MemoryMarshal.Cast<byte, T>(target);
        for (var i = 0; i < means.Length; i++)
        {
            var x0 = i * factor;
            var x1 = Math.Min(x0 + factor - 1, rowA.Length - 1);
            if (Unsafe.SizeOf<T>() < sizeof(long))
            {
                var sum = Long(rowA[x0]) + Long(rowA[x1]) + Long(rowB[x0]) + Long(rowB[x1]) + Long(rowC[x0]) + Long(rowC[x1]) + Long(rowD[x0]) + Long(rowD[x1]);
                means[i] = T.CreateTruncating((sum + 4) >> 3);
            }
            else
            {
                var sum = Wide(rowA[x0]) + Wide(rowA[x1]) + Wide(rowB[x0]) + Wide(rowB[x1]) + Wide(rowC[x0]) + Wide(rowC[x1]) + Wide(rowD[x0]) + Wide(rowD[x1]);
                means[i] = T.CreateTruncating((sum + 4) >> 3);
            }
        }

        static long Long(T value) => long.CreateTruncating(value);

        static Int128 Wide(T value) => Int128.CreateTruncating(value);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MeanFloat<T>(
        ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, ReadOnlySpan<byte> c, ReadOnlySpan<byte> d, Span<byte> target, int factor)
        where T : unmanaged, IFloatingPoint<T>
    {
        var rowA = Of<T>(a);
        var rowB = Of<T>(b);
        var rowC = Of<T>(c);
        var rowD = Of<T>(d);
        var means = MemoryMarshal.Cast<byte, T>(target);
        for (var i = 0; i < means.Length; i++)
        {
            var x0 = i * factor;
            var x1 = Math.Min(x0 + factor - 1, rowA.Length - 1);
            // A fixed order of additions, so that the result does not depend on the machine.
            var near = (Double(rowA[x0]) + Double(rowA[x1])) + (Double(rowB[x0]) + Double(rowB[x1]));
            var far = (Double(rowC[x0]) + Double(rowC[x1])) + (Double(rowD[x0]) + Double(rowD[x1]));
            means[i] = T.CreateTruncating((near + far) * 0.125);
        }

        static double Double(T value) => double.CreateTruncating(value);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Mode<T>(
        ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, ReadOnlySpan<byte> c, ReadOnlySpan<byte> d, Span<byte> target, int factor)
        where T : unmanaged, IBinaryInteger<T>
    {
        var rowA = Of<T>(a);
        var rowB = Of<T>(b);
        var rowC = Of<T>(c);
        var rowD = Of<T>(d);
        var modes = MemoryMarshal.Cast<byte, T>(target);
        Span<T> eight = stackalloc T[8];
        for (var i = 0; i < modes.Length; i++)
        {
            var x0 = i * factor;
            var x1 = Math.Min(x0 + factor - 1, rowA.Length - 1);
            var (a0, a1, b0, b1, c0, c1, d0, d1) = (rowA[x0], rowA[x1], rowB[x0], rowB[x1], rowC[x0], rowC[x1], rowD[x0], rowD[x1]);
            // Inside an object, which is nearly everywhere, all eight are one value.
            if (((a0 ^ a1) | (a0 ^ b0) | (a0 ^ b1) | (a0 ^ c0) | (a0 ^ c1) | (a0 ^ d0) | (a0 ^ d1)) == T.Zero)
            {
                modes[i] = a0;
                continue;
            }

            (eight[0], eight[1], eight[2], eight[3]) = (a0, a1, b0, b1);
            (eight[4], eight[5], eight[6], eight[7]) = (c0, c1, d0, d1);
            modes[i] = ModeOf(eight);
        }
    }

    /// <summary><see cref="MeanInteger{T}"/> as a kernel.</summary>
    internal readonly struct IntegerMean<T> : IRowKernel
        where T : unmanaged, IBinaryInteger<T>
    {
        public static void Halve(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, ReadOnlySpan<byte> c, ReadOnlySpan<byte> d, Span<byte> target, int factor) =>
            MeanInteger<T>(a, b, c, d, target, factor);
    }

    /// <summary><see cref="MeanFloat{T}"/> as a kernel.</summary>
    internal readonly struct FloatMean<T> : IRowKernel
        where T : unmanaged, IFloatingPoint<T>
    {
        public static void Halve(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, ReadOnlySpan<byte> c, ReadOnlySpan<byte> d, Span<byte> target, int factor) =>
            MeanFloat<T>(a, b, c, d, target, factor);
    }

    /// <summary><see cref="Mode{T}"/> as a kernel.</summary>
    internal readonly struct MostFrequent<T> : IRowKernel
        where T : unmanaged, IBinaryInteger<T>
    {
        public static void Halve(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, ReadOnlySpan<byte> c, ReadOnlySpan<byte> d, Span<byte> target, int factor) =>
            Mode<T>(a, b, c, d, target, factor);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static T ModeOf<T>(ReadOnlySpan<T> values)
        where T : unmanaged, IEquatable<T>
    {
        var (best, most) = (values[0], 0);
        for (var i = 0; i < values.Length; i++)
        {
            var count = 1;
            for (var j = i + 1; j < values.Length; j++)
                count += values[j].Equals(values[i]) ? 1 : 0;
            if (count > most)
                (best, most) = (values[i], count);
            // Nothing further on can be more frequent: not enough is left of it, or of all.
            if (most >= values.Length - i - 1 || most * 2 >= values.Length)
                break;
        }

        return best;
    }

    private static ReadOnlySpan<T> Of<T>(ReadOnlySpan<byte> bytes)
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(bytes);
}
