using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EmPipeline.Torch.Transforms;

/// <summary>Exchanges the two axes of a plane.</summary>
internal static class PlaneExchange
{
    // A tile's rows of both planes stay in the first cache.
    private const int Tile = 16;

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
        for (var top = 0; top < rows; top += Tile)
        {
            var bottom = Math.Min(top + Tile, rows);
            for (var column = 0; column < columns; column++)
            {
                ref var line = ref Unsafe.Add(ref to, (nint)column * rows);
                for (var row = top; row < bottom; row++)
                    Unsafe.Add(ref line, row) = Unsafe.Add(ref from, ((nint)row * columns) + column);
            }
        }
    }
}
