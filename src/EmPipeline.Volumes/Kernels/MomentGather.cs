using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EmPipeline.Volumes.Kernels;

/// <summary>
/// Copies voxels out of a larger box and takes their <see cref="Moments"/> on the way, while they are in a register: the sums are done in the
/// time that the copy waits for memory. A column of 64 bytes at a time, a whole line of the cache, whose halves may go to different places: on vectors
/// of 512 bits, or as <see cref="MomentColumns"/> do.
/// </summary>
internal static class MomentGather
{
    /// <summary>Bytes of a row of a column.</summary>
    public const int Column = 64;

    /// <summary>Bytes of a row of each half.</summary>
    public const int Half = Column / 2;

    // 32-bit partial sums of the squares of four bytes each: 4,096 × 260,100 < 2^31.
    private const int MaxRows = 4096;

    /// <summary>Whether this processor does it for voxels of this type, so many rows a plane.</summary>
    public static bool IsSupported(VoxelType type, long rows) =>
        Avx2.IsSupported && rows <= MaxRows && type is VoxelType.UInt8 or VoxelType.Int8 or VoxelType.UInt16 or VoxelType.Int16;

    /// <summary>Copies a column: its first half to <paramref name="first"/>, its second to <paramref name="second"/>.</summary>
    /// <param name="from">Where the rows and planes of the source lie.</param>
    /// <param name="to">Where they come to lie in both targets.</param>
    /// <param name="fetchesAhead">The source is not in the cache: asks for the next plane's rows, which are too far apart for the processor to guess.</param>
    /// <returns>What is known of each half; <see cref="Moments.Fill"/> is left at 0.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A row lies outside its span.</exception>
    public static (Moments First, Moments Second) Copy(
        VoxelType type, ReadOnlySpan<byte> source, Steps from, Span<byte> first, Span<byte> second, Steps to, long planes, long rows, bool fetchesAhead)
    {
        from.Check(source.Length, planes, rows, Column, nameof(source));
        to.Check(first.Length, planes, rows, Half, nameof(first));
        to.Check(second.Length, planes, rows, Half, nameof(second));
        ref var voxels = ref MemoryMarshal.GetReference(source);
        ref var a = ref MemoryMarshal.GetReference(first);
        ref var b = ref MemoryMarshal.GetReference(second);
        var ahead = fetchesAhead ? (nint)from.Plane : 0;
        // Bytes are summed without a sign, 16-bit numbers with one: turning the highest bit moves the one's range to the other's.
        var (high, count) = (1 << ((type.Size() * 8) - 1), planes * rows * Half / type.Size());
        var (flip, shift) = type switch
        {
            VoxelType.Int8 => (Vector512.Create((byte)high), high),
            VoxelType.UInt16 => (Vector512.Create((ushort)high).AsByte(), -high),
            _ => (Vector512<byte>.Zero, 0),
        };
        var (low, up) = (Avx512BW.IsSupported, type.Size()) switch
        {
            (true, 1) => Bytes(ref voxels, from, ref a, ref b, to, planes, rows, flip, ahead),
            (true, _) => Shorts(ref voxels, from, ref a, ref b, to, planes, rows, flip, ahead),
            (_, 1) => MomentColumns.Bytes(ref voxels, from, ref a, ref b, to, planes, rows, flip.GetLower(), ahead),
            _ => MomentColumns.Shorts(ref voxels, from, ref a, ref b, to, planes, rows, flip.GetLower(), ahead),
        };
        return (low.Minus(shift, count), up.Minus(shift, count));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (Moments First, Moments Second) Bytes(
        ref byte source, Steps from, ref byte first, ref byte second, Steps to, long planes, long rows, Vector512<byte> flip, nint ahead)
    {
        var (min, max) = (Vector512<byte>.AllBitsSet, Vector512<byte>.Zero);
        var (sums, squares) = (Vector512<ulong>.Zero, Vector512<ulong>.Zero);
        for (var z = 0L; z < planes; z++)
        {
            var (at, target, partial) = ((nint)(z * from.Plane), (nint)(z * to.Plane), Vector512<int>.Zero);
            for (var y = 0L; y < rows; y++)
            {
                var voxels = Move(ref source, at, ref first, ref second, target, ahead) ^ flip;
                min = Vector512.Min(min, voxels);
                max = Vector512.Max(max, voxels);
                sums += Avx512BW.SumAbsoluteDifferences(voxels, Vector512<byte>.Zero).AsUInt64();
                var even = (voxels.AsUInt16() & Vector512.Create((ushort)0x00FF)).AsInt16();
                var odd = (voxels.AsUInt16() >>> 8).AsInt16();
                partial += Avx512BW.MultiplyAddAdjacent(even, even) + Avx512BW.MultiplyAddAdjacent(odd, odd);
                at += (nint)from.Row;
                target += (nint)to.Row;
            }

            squares += Halves(partial.AsUInt32());
        }

        return (MomentKernels.Folded(min.GetLower(), max.GetLower(), sums.GetLower(), squares.GetLower()), MomentKernels.Folded(min.GetUpper(), max.GetUpper(), sums.GetUpper(), squares.GetUpper()));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (Moments First, Moments Second) Shorts(
        ref byte source, Steps from, ref byte first, ref byte second, Steps to, long planes, long rows, Vector512<byte> flip, nint ahead)
    {
        var (min, max) = (Vector512.Create(short.MaxValue), Vector512.Create(short.MinValue));
        var (sums, squares) = (Vector512<long>.Zero, Vector512<ulong>.Zero);
        for (var z = 0L; z < planes; z++)
        {
            var (at, target, partial) = ((nint)(z * from.Plane), (nint)(z * to.Plane), Vector512<int>.Zero);
            for (var y = 0L; y < rows; y++)
            {
                var voxels = (Move(ref source, at, ref first, ref second, target, ahead) ^ flip).AsInt16();
                min = Vector512.Min(min, voxels);
                max = Vector512.Max(max, voxels);
                partial += Avx512BW.MultiplyAddAdjacent(voxels, Vector512<short>.One);
                // The sum of two squares fills 32 unsigned bits.
                squares += Halves(Avx512BW.MultiplyAddAdjacent(voxels, voxels).AsUInt32());
                at += (nint)from.Row;
                target += (nint)to.Row;
            }

            // Neighbouring lanes, with their signs.
            sums += ((partial.AsInt64() << 32) >> 32) + (partial.AsInt64() >> 32);
        }

        return (MomentKernels.Folded(min.GetLower(), max.GetLower(), sums.GetLower(), squares.GetLower()), MomentKernels.Folded(min.GetUpper(), max.GetUpper(), sums.GetUpper(), squares.GetUpper()));
    }

    /// <summary>Copies one row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe Vector512<byte> Move(ref byte source, nint at, ref byte first, ref byte second, nint target, nint ahead)
    {
        ref var row = ref Unsafe.AddByteOffset(ref source, at);
        // Asking for memory that is not there does nothing.
        if (ahead != 0)
            Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.AddByteOffset(ref row, ahead)));
        var voxels = Vector512.LoadUnsafe(ref row);
        voxels.GetLower().StoreUnsafe(ref Unsafe.AddByteOffset(ref first, target));
        voxels.GetUpper().StoreUnsafe(ref Unsafe.AddByteOffset(ref second, target));
        return voxels;
    }

    /// <summary>Neighbouring lanes added, so that many may follow.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Halves(Vector512<uint> lanes) =>
        (lanes.AsUInt64() & Vector512.Create((ulong)uint.MaxValue)) + (lanes.AsUInt64() >>> 32);

    /// <summary>Bytes from one row (y) to the next and from one plane (z) to the next.</summary>
    internal readonly record struct Steps(long Row, long Plane)
    {
        /// <exception cref="ArgumentOutOfRangeException">A row lies outside.</exception>
        public void Check(int available, long planes, long rows, int length, string name)
        {
            // No factor reaches 2^31 unless the rows do not fit, so no product overflows.
            if ((ulong)Row > int.MaxValue || (ulong)Plane > int.MaxValue || (ulong)planes > int.MaxValue || (ulong)rows > int.MaxValue
                || ((planes - 1) * Plane) + ((rows - 1) * Row) + length > available)
            {
                throw new ArgumentOutOfRangeException(
                    name, $"{name}: got {available} bytes, expected {planes} planes, {Plane} apart, of {rows} rows of {length} bytes, {Row} apart.");
            }
        }
    }
}
