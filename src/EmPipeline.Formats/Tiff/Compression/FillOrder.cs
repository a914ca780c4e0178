namespace EmPipeline.Formats.Tiff.Compression;

/// <summary>The order of bits in a byte (tag 266).</summary>
internal static class FillOrder
{
    /// <summary>Reverses the bits of every byte, in place: FillOrder 2 to 1.</summary>
    public static void Reverse(Span<byte> bytes)
    {
        // One multiplication spreads the bits over 64, one mask picks each at its mirrored place, one multiplication gathers them.
        foreach (ref var value in bytes)
            value = (byte)((((value * 0x80200802UL) & 0x0884422110UL) * 0x0101010101UL) >> 32);
    }
}
