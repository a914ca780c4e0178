using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EmPipeline.Torch.Transforms;

/// <summary>Exchanges the two axes of a plane.</summary>
internal static class PlaneExchange
{
    // A tile's rows of both planes stay in the first cache.
    private const int Tile = 2 * Square;

    // Bytes of a word.
    private const int Square = 8;

    /// <param name="source">rows × columns.</param>
    /// <param name="target">columns × rows; not the source.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Copy<T>(ReadOnlySpan<T> source, int rows, int columns, Span<T> target)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(source.Length, rows * columns);
        ArgumentOutOfRangeException.ThrowIfLessThan(target.Length, source.Length);
        ref var from = ref MemoryMarshal.GetReference(source);
        ref var to = ref MemoryMarshal.GetReference(target);
        var isByte = Unsafe.SizeOf<T>() == 1;
        for (var top = 0; top < rows; top += Tile)
        {
            var bottom = Math.Min(top + Tile, rows);
            var column = 0;
            if (isByte && bottom - top == Tile)
            {
                for (; column <= columns - Square; column += Square)
                {
                    Exchange(ref Unsafe.As<T, byte>(ref Unsafe.Add(ref from, ((nint)top * columns) + column)), columns, ref Unsafe.As<T, byte>(ref Unsafe.Add(ref to, ((nint)column * rows) + top)), rows);
                    Exchange(
                        ref Unsafe.As<T, byte>(ref Unsafe.Add(ref from, ((nint)(top + Square) * columns) + column)), columns,
                        ref Unsafe.As<T, byte>(ref Unsafe.Add(ref to, ((nint)column * rows) + top + Square)), rows);
                }
            }

            for (; column < columns; column++)
            {
                ref var line = ref Unsafe.Add(ref to, (nint)column * rows);
                for (var row = top; row < bottom; row++)
                    Unsafe.Add(ref line, row) = Unsafe.Add(ref from, ((nint)row * columns) + column);
            }
        }
    }

    // Eight words, little-endian: first squares of four bytes change places, then of two, then bytes.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Exchange(ref byte from, nint fromRow, ref byte to, nint toRow)
    {
        var (a, b, c, d) = (Row(ref from, 0), Row(ref from, fromRow), Row(ref from, 2 * fromRow), Row(ref from, 3 * fromRow));
        var (e, f, g, h) = (Row(ref from, 4 * fromRow), Row(ref from, 5 * fromRow), Row(ref from, 6 * fromRow), Row(ref from, 7 * fromRow));
        Swap(ref a, ref e, 32, 0x00000000FFFFFFFF);
        Swap(ref b, ref f, 32, 0x00000000FFFFFFFF);
        Swap(ref c, ref g, 32, 0x00000000FFFFFFFF);
        Swap(ref d, ref h, 32, 0x00000000FFFFFFFF);
        Swap(ref a, ref c, 16, 0x0000FFFF0000FFFF);
        Swap(ref b, ref d, 16, 0x0000FFFF0000FFFF);
        Swap(ref e, ref g, 16, 0x0000FFFF0000FFFF);
        Swap(ref f, ref h, 16, 0x0000FFFF0000FFFF);
        Swap(ref a, ref b, 8, 0x00FF00FF00FF00FF);
        Swap(ref c, ref d, 8, 0x00FF00FF00FF00FF);
        Swap(ref e, ref f, 8, 0x00FF00FF00FF00FF);
        Swap(ref g, ref h, 8, 0x00FF00FF00FF00FF);
        ReadOnlySpan<ulong> words = [a, b, c, d, e, f, g, h];
        for (var i = 0; i < words.Length; i++)
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref to, i * toRow), words[i]);

        static ulong Row(ref byte first, nint at) => Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref first, at));

        static void Swap(ref ulong x, ref ulong y, int shift, ulong low)
        {
            var t = ((x >> shift) ^ y) & low;
            (x, y) = (x ^ (t << shift), y ^ t);
        }
    }
}
