using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Steps = EmPipeline.Volumes.Kernels.MomentGather.Steps;

namespace EmPipeline.Volumes.Kernels;

/// <summary><see cref="MomentGather"/> on two vectors of 256 bits, one a half, where there are none of 512. What is asked for lies inside its spans.</summary>
internal static class MomentColumns
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static (Moments First, Moments Second) Bytes(
        ref byte source, Steps from, ref byte first, ref byte second, Steps to, long planes, long rows, Vector256<byte> flip, nint ahead)
    {
        var (minA, maxA, sumsA, squaresA) = (Vector256<byte>.AllBitsSet, Vector256<byte>.Zero, Vector256<ulong>.Zero, Vector256<ulong>.Zero);
        var (minB, maxB, sumsB, squaresB) = (minA, maxA, sumsA, squaresA);
        for (var z = 0L; z < planes; z++)
        {
            var (at, target, partialA, partialB) = ((nint)(z * from.Plane), (nint)(z * to.Plane), Vector256<int>.Zero, Vector256<int>.Zero);
            for (var y = rows; y > 0; y--)
            {
                Move(ref source, at, ref first, ref second, target, ahead, out var a, out var b);
                (a, b) = (a ^ flip, b ^ flip);
                (minA, maxA, minB, maxB) = (Vector256.Min(minA, a), Vector256.Max(maxA, a), Vector256.Min(minB, b), Vector256.Max(maxB, b));
                sumsA += Avx2.SumAbsoluteDifferences(a, Vector256<byte>.Zero).AsUInt64();
                sumsB += Avx2.SumAbsoluteDifferences(b, Vector256<byte>.Zero).AsUInt64();
                partialA += Squares(a);
                partialB += Squares(b);
                at += (nint)from.Row;
                target += (nint)to.Row;
            }

            squaresA += Halves(partialA.AsUInt32());
            squaresB += Halves(partialB.AsUInt32());
        }

        return (MomentKernels.Folded(minA, maxA, sumsA, squaresA), MomentKernels.Folded(minB, maxB, sumsB, squaresB));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static Vector256<int> Squares(Vector256<byte> voxels)
        {
            var even = (voxels.AsUInt16() & Vector256.Create((ushort)0x00FF)).AsInt16();
            var odd = (voxels.AsUInt16() >>> 8).AsInt16();
            return Avx2.MultiplyAddAdjacent(even, even) + Avx2.MultiplyAddAdjacent(odd, odd);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static (Moments First, Moments Second) Shorts(
        ref byte source, Steps from, ref byte first, ref byte second, Steps to, long planes, long rows, Vector256<byte> flip, nint ahead)
    {
        var (minA, maxA, sumsA, squaresA) = (Vector256.Create(short.MaxValue), Vector256.Create(short.MinValue), Vector256<long>.Zero, Vector256<ulong>.Zero);
        var (minB, maxB, sumsB, squaresB) = (minA, maxA, sumsA, squaresA);
        for (var z = 0L; z < planes; z++)
        {
            var (at, target, partialA, partialB) = ((nint)(z * from.Plane), (nint)(z * to.Plane), Vector256<int>.Zero, Vector256<int>.Zero);
            for (var y = rows; y > 0; y--)
            {
                Move(ref source, at, ref first, ref second, target, ahead, out var low, out var up);
                var (a, b) = ((low ^ flip).AsInt16(), (up ^ flip).AsInt16());
                (minA, maxA, minB, maxB) = (Vector256.Min(minA, a), Vector256.Max(maxA, a), Vector256.Min(minB, b), Vector256.Max(maxB, b));
                partialA += Avx2.MultiplyAddAdjacent(a, Vector256<short>.One);
                partialB += Avx2.MultiplyAddAdjacent(b, Vector256<short>.One);
                // The sum of two squares fills 32 unsigned bits.
                squaresA += Halves(Avx2.MultiplyAddAdjacent(a, a).AsUInt32());
                squaresB += Halves(Avx2.MultiplyAddAdjacent(b, b).AsUInt32());
                at += (nint)from.Row;
                target += (nint)to.Row;
            }

            sumsA += SignedHalves(partialA);
            sumsB += SignedHalves(partialB);
        }

        return (MomentKernels.Folded(minA, maxA, sumsA, squaresA), MomentKernels.Folded(minB, maxB, sumsB, squaresB));

        // There is no shift of 64 bits that keeps the sign.
        static Vector256<long> SignedHalves(Vector256<int> lanes)
        {
            var (low, high) = Vector256.Widen(lanes);
            return low + high;
        }
    }

    /// <summary>Copies one row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Move(
        ref byte source, nint at, ref byte first, ref byte second, nint target, nint ahead, out Vector256<byte> a, out Vector256<byte> b)
    {
        ref var row = ref Unsafe.AddByteOffset(ref source, at);
        // Asking for memory that is not there does nothing.
        if (ahead != 0)
            Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.AddByteOffset(ref row, ahead)));
        a = Vector256.LoadUnsafe(ref row);
        b = Vector256.LoadUnsafe(ref row, (nuint)MomentGather.Half);
        a.StoreUnsafe(ref Unsafe.AddByteOffset(ref first, target));
        b.StoreUnsafe(ref Unsafe.AddByteOffset(ref second, target));
    }

    /// <summary>Neighbouring lanes added, so that many may follow.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Halves(Vector256<uint> lanes) =>
        (lanes.AsUInt64() & Vector256.Create((ulong)uint.MaxValue)) + (lanes.AsUInt64() >>> 32);
}
