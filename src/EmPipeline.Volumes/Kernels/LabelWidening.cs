using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace EmPipeline.Volumes.Kernels;

/// <summary>Rows of whole numbers in a type that holds them all; unsigned 64-bit numbers keep their bits.</summary>
internal static class LabelWidening
{
    /// <summary>Writes one row; source and target do not overlap.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Row<TFrom, TTo>(ReadOnlySpan<TFrom> source, Span<TTo> target)
        where TFrom : unmanaged, IBinaryInteger<TFrom>
        where TTo : unmanaged, IBinaryInteger<TTo>
    {
        if (Unsafe.SizeOf<TFrom>() == Unsafe.SizeOf<TTo>())
        {
            MemoryMarshal.Cast<TFrom, TTo>(source).CopyTo(target);
            return;
        }

        var i = 0;
        if (typeof(TTo) == typeof(long) && Vector512.IsHardwareAccelerated)
            i = ToInt64(source, MemoryMarshal.Cast<TTo, long>(target));
        for (; i < source.Length; i++)
            target[i] = TTo.CreateTruncating(source[i]);
    }

    // Labels are int64 in training: sixteen at once, whatever they are stored as. Returns how many were written.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int ToInt64<TFrom>(ReadOnlySpan<TFrom> source, Span<long> target)
        where TFrom : unmanaged
    {
        const int Step = 16;
        var end = source.Length - (source.Length % Step);
        target = target[..source.Length];
        ref var from = ref MemoryMarshal.GetReference(source);
        ref var to = ref MemoryMarshal.GetReference(target);
        for (var i = 0; i < end; i += Step)
        {
            ref var at = ref Unsafe.As<TFrom, byte>(ref Unsafe.Add(ref from, i));
            Vector512<long> low, high;
            if (typeof(TFrom) == typeof(byte))
            {
                var (a, b) = Vector256.Widen(Vector256.WidenLower(Vector128.LoadUnsafe(ref at).ToVector256Unsafe()));
                (low, high) = Vector512.Widen(Vector512.Create(a, b).AsInt32());
            }
            else if (typeof(TFrom) == typeof(ushort))
            {
                var (a, b) = Vector256.Widen(Vector256.LoadUnsafe(ref at).AsUInt16());
                (low, high) = Vector512.Widen(Vector512.Create(a, b).AsInt32());
            }
            else if (typeof(TFrom) == typeof(uint))
            {
                var (a, b) = Vector512.Widen(Vector512.LoadUnsafe(ref at).AsUInt32());
                (low, high) = (a.AsInt64(), b.AsInt64());
            }
            else if (typeof(TFrom) == typeof(int))
            {
                (low, high) = Vector512.Widen(Vector512.LoadUnsafe(ref at).AsInt32());
            }
            else
            {
                return 0;
            }

            low.StoreUnsafe(ref to, (nuint)i);
            high.StoreUnsafe(ref to, (nuint)(i + Vector512<long>.Count));
        }

        return end;
    }
}
