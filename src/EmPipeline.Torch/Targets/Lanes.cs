using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace EmPipeline.Torch.Targets;

/// <summary>From lanes of numbers that are all ones or 0 to bytes that are 1 or 0.</summary>
internal static class Lanes
{
    /// <summary>For a row of this length: kernels write whole vectors.</summary>
    public static T[] Row<T>(int length)
        where T : unmanaged => new T[length + Vector256<T>.Count];

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Narrow<T>(ReadOnlySpan<T> lanes, Span<byte> target)
        where T : unmanaged, INumberBase<T>
    {
        var i = 0;
        if (typeof(T) == typeof(ushort))
        {
            ref var from = ref MemoryMarshal.GetReference(MemoryMarshal.Cast<T, ushort>(lanes[..target.Length]));
            ref var to = ref MemoryMarshal.GetReference(target);
            for (; i <= target.Length - Vector256<byte>.Count; i += Vector256<byte>.Count)
            {
                var (low, high) = (Vector256.LoadUnsafe(ref from, (nuint)i), Vector256.LoadUnsafe(ref from, (nuint)(i + Vector256<ushort>.Count)));
                (Vector256.Narrow(low, high) & Vector256<byte>.One).StoreUnsafe(ref to, (nuint)i);
            }
        }

        for (; i < target.Length; i++)
            target[i] = lanes[i] == T.Zero ? (byte)0 : (byte)1;
    }
}
