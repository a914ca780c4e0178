namespace EmPipeline.Formats.Images;

/// <summary>The start-of-frame segment of a JPEG stream.</summary>
/// <param name="Samples">Of one pixel: 1 gray, 3 colour, 4 CMYK.</param>
/// <param name="Marker">The second byte of the segment's marker, which names the coding process.</param>
internal readonly record struct JpegFrame(int Width, int Height, int Samples, int Bits, byte Marker)
{
    /// <summary>What makes this a stream that is not read; null where nothing does.</summary>
    public string? Unread => Bits != 8 ? $"JPEG of {Bits} bits" : Marker switch
    {
        // Baseline, extended and progressive, with Huffman codes.
        0xC0 or 0xC1 or 0xC2 => null,
        0xC3 => "lossless JPEG",
        >= 0xC9 => "arithmetic-coded JPEG",
        _ => "hierarchical JPEG",
    };
}
