using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace EmPipeline.Zarr.Codecs;

/// <summary>
/// Undoes the byte shuffle of HDF5, Blosc and numcodecs, which stores the first bytes of all elements, then all second bytes, and so on.
/// Bytes after the last whole element are stored as they are.
/// </summary>
public static class ByteShuffle
{
    /// <summary>Unshuffles <paramref name="source"/> into <paramref name="target"/> of the same length; they may not overlap.</summary>
    public static void Undo(ReadOnlySpan<byte> source, Span<byte> target, int elementSize)
    {
        var count = source.Length / elementSize;
        var whole = count * elementSize;
        source[whole..].CopyTo(target[whole..source.Length]);
        var done = elementSize switch
        {
            1 => CopyAll(source, target),
            2 => Undo2(source[..whole], target, count),
            4 => Undo4(source[..whole], target, count),
            8 => Undo8(source[..whole], target, count),
            _ => 0,
        };
        for (var plane = 0; plane < elementSize; plane++)
        {
            var bytes = source.Slice(plane * count, count);
            for (var (i, to) = (done, (done * elementSize) + plane); i < bytes.Length; i++, to += elementSize)
                target[to] = bytes[i];
        }
    }

    private static int CopyAll(ReadOnlySpan<byte> source, Span<byte> target)
    {
        source.CopyTo(target);
        return source.Length;
    }

    /// <returns>How many elements were done: all but fewer than one vector's worth.</returns>
    private static int Undo2(ReadOnlySpan<byte> source, Span<byte> target, int count)
    {
        var step = Vector256<byte>.Count;
        ref var to = ref MemoryMarshal.GetReference(target);
        var i = 0;
        for (; i <= count - step; i += step)
        {
            var (low, high) = Interleave(Vector256.Create(source[i..]), Vector256.Create(source[(count + i)..]));
            low.AsByte().StoreUnsafe(ref to, (nuint)(2 * i));
            high.AsByte().StoreUnsafe(ref to, (nuint)((2 * i) + step));
        }

        return i;
    }

    private static int Undo4(ReadOnlySpan<byte> source, Span<byte> target, int count)
    {
        var step = Vector256<byte>.Count;
        ref var to = ref MemoryMarshal.GetReference(target);
        var i = 0;
        for (; i <= count - step; i += step)
        {
            var (ab0, ab1) = Interleave(Vector256.Create(source[i..]), Vector256.Create(source[(count + i)..]));
            var (cd0, cd1) = Interleave(Vector256.Create(source[((2 * count) + i)..]), Vector256.Create(source[((3 * count) + i)..]));
            Store(ab0, cd0, ref Unsafe.Add(ref to, 4 * i));
            Store(ab1, cd1, ref Unsafe.Add(ref to, (4 * i) + (2 * step)));
        }

        return i;

        static void Store(Vector256<ushort> ab, Vector256<ushort> cd, ref byte to)
        {
            var (low, high) = Interleave(ab, cd);
            low.AsByte().StoreUnsafe(ref to);
            high.AsByte().StoreUnsafe(ref to, (nuint)Vector256<byte>.Count);
        }
    }

    private static int Undo8(ReadOnlySpan<byte> source, Span<byte> target, int count)
    {
        var step = Vector256<byte>.Count;
        ref var to = ref MemoryMarshal.GetReference(target);
        var i = 0;
        for (; i <= count - step; i += step)
        {
            var (p0, p1) = Pair(source, 0, count, i);
            var (q0, q1) = Pair(source, 2, count, i);
            var (r0, r1) = Pair(source, 4, count, i);
            var (s0, s1) = Pair(source, 6, count, i);
            Store(p0, q0, r0, s0, ref Unsafe.Add(ref to, 8 * i));
            Store(p1, q1, r1, s1, ref Unsafe.Add(ref to, (8 * i) + (4 * step)));
        }

        return i;

        static (Vector256<ushort> Low, Vector256<ushort> High) Pair(ReadOnlySpan<byte> source, int plane, int count, int i) =>
            Interleave(Vector256.Create(source[((plane * count) + i)..]), Vector256.Create(source[(((plane + 1) * count) + i)..]));

        static void Store(Vector256<ushort> p, Vector256<ushort> q, Vector256<ushort> r, Vector256<ushort> s, ref byte to)
        {
            var ((pq0, pq1), (rs0, rs1)) = (Interleave(p, q), Interleave(r, s));
            var ((a, b), (c, d)) = (Interleave(pq0, rs0), Interleave(pq1, rs1));
            a.AsByte().StoreUnsafe(ref to);
            b.AsByte().StoreUnsafe(ref to, (nuint)Vector256<byte>.Count);
            c.AsByte().StoreUnsafe(ref to, (nuint)(2 * Vector256<byte>.Count));
            d.AsByte().StoreUnsafe(ref to, (nuint)(3 * Vector256<byte>.Count));
        }
    }

    // a0 b0 a1 b1 …: widening and shifting says it for every processor, and compiles to a few instructions.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<ushort> Low, Vector256<ushort> High) Interleave(Vector256<byte> a, Vector256<byte> b) =>
        (Vector256.WidenLower(a) | (Vector256.WidenLower(b) << 8), Vector256.WidenUpper(a) | (Vector256.WidenUpper(b) << 8));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<uint> Low, Vector256<uint> High) Interleave(Vector256<ushort> a, Vector256<ushort> b) =>
        (Vector256.WidenLower(a) | (Vector256.WidenLower(b) << 16), Vector256.WidenUpper(a) | (Vector256.WidenUpper(b) << 16));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<ulong> Low, Vector256<ulong> High) Interleave(Vector256<uint> a, Vector256<uint> b) =>
        (Vector256.WidenLower(a) | (Vector256.WidenLower(b) << 32), Vector256.WidenUpper(a) | (Vector256.WidenUpper(b) << 32));
}
