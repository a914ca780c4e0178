using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EmPipeline.Storage;

/// <summary>
/// CRC-32C by carry-less multiplication (Gopal et al., "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ Instruction"): four
/// 512-bit accumulators are moved over the data, each step multiplying by a power of x that stands for the distance moved. What is left, 64
/// bytes with the same checksum as all the data, goes through the plain instruction.
/// </summary>
internal static class Crc32CFolding
{
    /// <summary>Shorter data are not worth the start and the end.</summary>
    public const int LeastLength = 1024;

    private const int Lanes = 4;
    private const int VectorBytes = 64;

    // x^n mod P for the distances that the low and the high half of a 128-bit lane are moved, bits reflected.
    private static readonly Vector512<ulong> FourVectors = Powers(Lanes * VectorBytes);
    private static readonly Vector512<ulong> OneVector = Powers(VectorBytes);

    public static bool IsSupported => Pclmulqdq.V512.IsSupported;

    /// <summary>Reduces a multiple of 256 bytes to 64 that leave the same register behind.</summary>
    /// <param name="state">The register before the data, xored into their first four bytes.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Reduce(uint state, ReadOnlySpan<byte> data, Span<byte> reduced)
    {
        ref var from = ref MemoryMarshal.GetReference(data);
        var a = Load(ref from, 0) ^ Vector512.CreateScalar((ulong)state);
        var b = Load(ref from, VectorBytes);
        var c = Load(ref from, 2 * VectorBytes);
        var d = Load(ref from, 3 * VectorBytes);
        var by = FourVectors;
        for (nuint at = Lanes * VectorBytes; at + (Lanes * VectorBytes) <= (nuint)data.Length; at += Lanes * VectorBytes)
        {
            a = Move(a, by) ^ Load(ref from, at);
            b = Move(b, by) ^ Load(ref from, at + VectorBytes);
            c = Move(c, by) ^ Load(ref from, at + (2 * VectorBytes));
            d = Move(d, by) ^ Load(ref from, at + (3 * VectorBytes));
        }

        by = OneVector;
        b ^= Move(a, by);
        c ^= Move(b, by);
        d ^= Move(c, by);
        d.AsByte().CopyTo(reduced);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Load(ref byte from, nuint at) => Vector512.LoadUnsafe(ref from, at).AsUInt64();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Move(Vector512<ulong> value, Vector512<ulong> by) =>
        Pclmulqdq.V512.CarrylessMultiply(value, by, 0x00) ^ Pclmulqdq.V512.CarrylessMultiply(value, by, 0x11);

    /// <summary>
    /// The multipliers for moving 128-bit lanes by a distance. In reflected order the low half of a lane holds the higher powers, so it moves
    /// 64 bits further; the product of two reflected numbers comes out one power high, so each exponent is one less.
    /// </summary>
    private static Vector512<ulong> Powers(int bytes)
    {
        var low = (ulong)Crc32C.PowerOfX((8L * bytes) + 64 - 1) << 32;
        var high = (ulong)Crc32C.PowerOfX((8L * bytes) - 1) << 32;
        return Vector512.Create(low, high, low, high, low, high, low, high);
    }
}
