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

    /// <summary>Sets all of it, past the cache where it is large.</summary>
    public static unsafe void Fill(Span<byte> target, byte value)
    {
        const int LeastFilled = 1 << 20;
        if (target.Length < LeastFilled || !Avx.IsSupported)
        {
            target.Fill(value);
            return;
        }

        var (step, values) = (Vector256<byte>.Count, Vector256.Create(value));
        fixed (byte* start = target)
        {
            var at = (int)((nuint)(-(nint)start) % (nuint)step);
            target[..at].Fill(value);
            for (; at <= target.Length - step; at += step)
                Avx.StoreAlignedNonTemporal(start + at, values);
            target[at..].Fill(value);
        }

        Finish();
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
        if (Avx2.IsSupported && typeof(TTo) == typeof(long))
            i = Widen(source, target, streams);
        else if (Avx2.IsSupported && typeof(TTo) == typeof(int) && Unsafe.SizeOf<TFrom>() < sizeof(int))
            i = Widen(source, target, streams);
        for (; i < source.Length; i++)
            target[i] = TTo.CreateTruncating(source[i]);
    }

    // Labels are int64 in training, or int32 to spare memory. Returns how many were written.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe int Widen<TFrom, TTo>(ReadOnlySpan<TFrom> source, Span<TTo> target, bool streams)
        where TFrom : unmanaged
        where TTo : unmanaged
    {
        const int Step = 16;
        var end = source.Length - (source.Length % Step);
        target = target[..source.Length];
        fixed (TFrom* from = source)
        {
            fixed (TTo* to = target)
            {
                if (streams && ((nuint)to % (nuint)Vector256<byte>.Count) == 0)
                {
                    for (var i = 0; i < end; i += Step)
                    {
                        for (var k = 0; k < Step; k += Vector256<TTo>.Count)
                            Avx.StoreAlignedNonTemporal((byte*)(to + i + k), Widen<TFrom, TTo>(from + i + k));
                    }
                }
                else
                {
                    for (var i = 0; i < end; i += Step)
                    {
                        for (var k = 0; k < Step; k += Vector256<TTo>.Count)
                            Avx.Store((byte*)(to + i + k), Widen<TFrom, TTo>(from + i + k));
                    }
                }
            }
        }

        return end;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe Vector256<byte> Widen<TFrom, TTo>(TFrom* from)
        where TFrom : unmanaged => typeof(TTo) == typeof(long) ? ToInt64(from).AsByte() : ToInt32(from).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe Vector256<int> ToInt32<TFrom>(TFrom* from)
        where TFrom : unmanaged
    {
        if (typeof(TFrom) == typeof(byte))
            return Avx2.ConvertToVector256Int32((byte*)from);
        if (typeof(TFrom) == typeof(sbyte))
            return Avx2.ConvertToVector256Int32((sbyte*)from);
        return typeof(TFrom) == typeof(ushort) ? Avx2.ConvertToVector256Int32((ushort*)from) : Avx2.ConvertToVector256Int32((short*)from);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe Vector256<long> ToInt64<TFrom>(TFrom* from)
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
