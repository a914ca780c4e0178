using EmPipeline.Zarr.Codecs;
using K4os.Compression.LZ4.Streams;

namespace EmPipeline.Formats.Codecs;

/// <summary>LZ4 frames (lz4_Frame_format.md 1.6), blocks linked or not, their checksums checked.</summary>
public sealed class Lz4FrameCodec : IBytesCodec
{
    public static Lz4FrameCodec Default { get; } = new();

    /// <summary>The bytes that every frame begins with.</summary>
    public static ReadOnlySpan<byte> Magic => [0x04, 0x22, 0x4D, 0x18];

    public int Decode(ReadOnlySpan<byte> source, Span<byte> target) =>
        InflateStreams.Decode("lz4", source, target, static stream => LZ4Stream.Decode(stream));
}
