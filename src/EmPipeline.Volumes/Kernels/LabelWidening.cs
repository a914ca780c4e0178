using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EmPipeline.Volumes.Kernels;

/// <summary>Rows of whole numbers in a type that holds them all; unsigned 64-bit numbers keep their bits.</summary>
internal static class LabelWidening
{
    /// <summary>Rows together from which what is written had better pass the cache by: it would be gone before it is read.</summary>
    private const int LeastStreamed = 4 << 20;

    /// <summary>Whether rows that make up this many bytes are written past the cache; <see cref="Finish"/> follows them then.</summary>
    public static bool Streams(long bytes) => bytes >= LeastStreamed && Avx2.IsSupported;

    /// <summary>Makes what was streamed visible to other threads before anything that is written later.</summary>
    public static void Finish()
    {
        if (Sse.IsSupported)
            Sse.StoreFence();
    }

    /// <summary>Writes one row; source and target do not overlap.</summary>
    /// <param name="streams">As <see cref="Streams"/> says of all rows together.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Row<TFrom, TTo>(ReadOnlySpan<TFrom> source, Span<TTo> target, bool streams = false)
        where TFrom : unmanaged, IBinaryInteger<TFrom>
        where TTo : unmanaged, IBinaryInteger<TTo>
    {
        if (Unsafe.SizeOf<TFrom>() == Unsafe.SizeOf<TTo>())
        {
            MemoryMarshal.Cast<TFrom, TTo>(source).CopyTo(target);
            return;
        }

        var i = 0;
        if (typeof(TTo) == typeof(long) && Avx2.IsSupported)
            i = ToInt64(source, MemoryMarshal.Cast<TTo, long>(target), streams);
        for (; i < source.Length; i++)
            target[i] = TTo.CreateTruncating(source[i]);
    }

    // Labels are int64 in training. Returns how many were written.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe int ToInt64<TFrom>(ReadOnlySpan<TFrom> source, Span<long> target, bool streams)
        where TFrom : unmanaged
    {
        const int Step = 16;
        var end = source.Length - (source.Length % Step);
        target = target[..source.Length];
        fixed (TFrom* from = source)
        {
            fixed (long* to = target)
            {
                if (streams && ((nuint)to % (nuint)Vector256<byte>.Count) == 0)
                {
                    for (var i = 0; i < end; i += Step)
                    {
                        for (var k = 0; k < Step; k += Vector256<long>.Count)
                            Avx.StoreAlignedNonTemporal(to + i + k, Widen(from + i + k));
                    }
                }
                else
                {
                    for (var i = 0; i < end; i += Step)
                    {
                        for (var k = 0; k < Step; k += Vector256<long>.Count)
                            Avx.Store(to + i + k, Widen(from + i + k));
                    }
                }
            }
        }

        return end;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe Vector256<long> Widen<TFrom>(TFrom* from)
        where TFrom : unmanaged
    {
        if (typeof(TFrom) == typeof(byte))
            return Avx2.ConvertToVector256Int64((byte*)from);
        if (typeof(TFrom) == typeof(sbyte))
            return Avx2.ConvertToVector256Int64((sbyte*)from);
        if (typeof(TFrom) == typeof(ushort))
            return Avx2.ConvertToVector256Int64((ushort*)from);
        if (typeof(TFrom) == typeof(short))
            return Avx2.ConvertToVector256Int64((short*)from);
        return typeof(TFrom) == typeof(uint) ? Avx2.ConvertToVector256Int64((uint*)from) : Avx2.ConvertToVector256Int64((int*)from);
    }
}
