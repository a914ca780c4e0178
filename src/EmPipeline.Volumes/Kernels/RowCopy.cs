using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace EmPipeline.Volumes.Kernels;

/// <summary>
/// Copies many short rows between two layouts: the inner loop of every crop, gather and scatter. Rows of up to 128 bytes (a 32³ chunk's
/// are 32) take one or two overlapping vector moves each instead of a call. Hot methods here and in the other kernels are compiled for
/// speed at once: left to the tiers, a run is seconds old before they are.
/// </summary>
public static class RowCopy
{
    /// <summary>Copies <paramref name="rows"/> rows of <paramref name="length"/> bytes.</summary>
    /// <param name="sourceStep">Bytes from one row's start to the next in the source.</param>
    /// <param name="targetStep">The same in the target.</param>
    /// <exception cref="ArgumentOutOfRangeException">A row lies outside its span.</exception>
    public static void Copy(ReadOnlySpan<byte> source, long sourceStep, Span<byte> target, long targetStep, long rows, int length) =>
        CopyPlanes(source, 0, sourceStep, target, 0, targetStep, 1, rows, length);

    /// <summary>The same of several planes: their rows are few and short, so that a call for each would take as long as they do.</summary>
    /// <param name="sourcePlane">Bytes from one plane's start to the next in the source.</param>
    /// <param name="targetPlane">The same in the target.</param>
    /// <exception cref="ArgumentOutOfRangeException">A row lies outside its span.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void CopyPlanes(
        ReadOnlySpan<byte> source, long sourcePlane, long sourceStep, Span<byte> target, long targetPlane, long targetStep, long planes, long rows, int length)
    {
        if (planes <= 0 || rows <= 0 || length <= 0)
            return;
        CheckExtent(source.Length, sourcePlane, sourceStep, planes, rows, length, nameof(source));
        CheckExtent(target.Length, targetPlane, targetStep, planes, rows, length, nameof(target));
        ref var from = ref MemoryMarshal.GetReference(source);
        ref var to = ref MemoryMarshal.GetReference(target);
        var (fromPlane, fromStep, toPlane, toStep) = ((nint)sourcePlane, (nint)sourceStep, (nint)targetPlane, (nint)targetStep);
        for (; planes > 0; planes--)
        {
            switch (length)
            {
                case 16:
                    CopyExact<Vector128<byte>>(ref from, fromStep, ref to, toStep, rows);
                    break;
                case 32:
                    CopyExact<Vector256<byte>>(ref from, fromStep, ref to, toStep, rows);
                    break;
                case 64:
                    CopyExact<Vector512<byte>>(ref from, fromStep, ref to, toStep, rows);
                    break;
                case 1:
                    CopyExact<byte>(ref from, fromStep, ref to, toStep, rows);
                    break;
                case < 4:
                    CopyOverlapping<ushort>(ref from, fromStep, ref to, toStep, rows, length);
                    break;
                case < 8:
                    CopyOverlapping<uint>(ref from, fromStep, ref to, toStep, rows, length);
                    break;
                case < 16:
                    CopyOverlapping<ulong>(ref from, fromStep, ref to, toStep, rows, length);
                    break;
                case < 32:
                    CopyOverlapping<Vector128<byte>>(ref from, fromStep, ref to, toStep, rows, length);
                    break;
                case < 64:
                    CopyOverlapping<Vector256<byte>>(ref from, fromStep, ref to, toStep, rows, length);
                    break;
                case <= 128:
                    CopyOverlapping<Vector512<byte>>(ref from, fromStep, ref to, toStep, rows, length);
                    break;
                default:
                    CopyLong(ref from, fromStep, ref to, toStep, rows, length);
                    break;
            }

            from = ref Unsafe.AddByteOffset(ref from, fromPlane);
            to = ref Unsafe.AddByteOffset(ref to, toPlane);
        }
    }

    /// <summary>The plain loop that <see cref="Copy"/> is tested against.</summary>
    internal static void CopyScalar(ReadOnlySpan<byte> source, long sourceStep, Span<byte> target, long targetStep, long rows, int length)
    {
        for (var row = 0L; row < rows; row++)
            source.Slice((int)(row * sourceStep), length).CopyTo(target[(int)(row * targetStep)..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CheckExtent(int available, long plane, long step, long planes, long rows, int length, string name)
    {
        // Neither factor reaches 2^31 unless the rows do not fit, so the products cannot overflow.
        if ((ulong)plane > int.MaxValue || (ulong)step > int.MaxValue || planes > int.MaxValue || rows > int.MaxValue
            || ((planes - 1) * plane) + ((rows - 1) * step) + length > available)
            ThrowOutside(available, plane, step, planes, rows, length, name);
    }

    [DoesNotReturn]
    private static void ThrowOutside(int available, long plane, long step, long planes, long rows, int length, string name) =>
        throw new ArgumentOutOfRangeException(
            name, $"{name}: got {available} bytes, expected {planes} planes, {plane} apart, of {rows} rows of {length} bytes, {step} apart.");

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CopyLong(ref byte from, nint fromStep, ref byte to, nint toStep, long rows, int length)
    {
        for (; rows > 0; rows--)
        {
            Unsafe.CopyBlockUnaligned(ref to, ref from, (uint)length);
            from = ref Unsafe.AddByteOffset(ref from, fromStep);
            to = ref Unsafe.AddByteOffset(ref to, toStep);
        }
    }

    /// <summary>Each row in one move: the rows of chunks.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CopyExact<T>(ref byte from, nint fromStep, ref byte to, nint toStep, long rows)
        where T : unmanaged
    {
        for (; rows >= 4; rows -= 4)
        {
            var a = Unsafe.ReadUnaligned<T>(ref from);
            var b = Unsafe.ReadUnaligned<T>(ref Unsafe.AddByteOffset(ref from, fromStep));
            var c = Unsafe.ReadUnaligned<T>(ref Unsafe.AddByteOffset(ref from, 2 * fromStep));
            var d = Unsafe.ReadUnaligned<T>(ref Unsafe.AddByteOffset(ref from, 3 * fromStep));
            Unsafe.WriteUnaligned(ref to, a);
            Unsafe.WriteUnaligned(ref Unsafe.AddByteOffset(ref to, toStep), b);
            Unsafe.WriteUnaligned(ref Unsafe.AddByteOffset(ref to, 2 * toStep), c);
            Unsafe.WriteUnaligned(ref Unsafe.AddByteOffset(ref to, 3 * toStep), d);
            from = ref Unsafe.AddByteOffset(ref from, 4 * fromStep);
            to = ref Unsafe.AddByteOffset(ref to, 4 * toStep);
        }

        for (; rows > 0; rows--)
        {
            Unsafe.WriteUnaligned(ref to, Unsafe.ReadUnaligned<T>(ref from));
            from = ref Unsafe.AddByteOffset(ref from, fromStep);
            to = ref Unsafe.AddByteOffset(ref to, toStep);
        }
    }

    /// <summary>Each row in two moves of T, the second one ending where the row ends.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CopyOverlapping<T>(ref byte from, nint fromStep, ref byte to, nint toStep, long rows, int length)
        where T : unmanaged
    {
        nint second = length - Unsafe.SizeOf<T>();
        for (; rows > 0; rows--)
        {
            var first = Unsafe.ReadUnaligned<T>(ref from);
            var last = Unsafe.ReadUnaligned<T>(ref Unsafe.AddByteOffset(ref from, second));
            Unsafe.WriteUnaligned(ref to, first);
            Unsafe.WriteUnaligned(ref Unsafe.AddByteOffset(ref to, second), last);
            from = ref Unsafe.AddByteOffset(ref from, fromStep);
            to = ref Unsafe.AddByteOffset(ref to, toStep);
        }
    }
}
