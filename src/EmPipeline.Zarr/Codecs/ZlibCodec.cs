using System.IO.Compression;

namespace EmPipeline.Zarr.Codecs;

/// <summary>Zlib (RFC 1950).</summary>
public sealed class ZlibCodec : IBytesCodec
{
    public static ZlibCodec Default { get; } = new();

    public int Decode(ReadOnlySpan<byte> source, Span<byte> target) =>
        InflateStreams.Decode("zlib", source, target, static stream => new ZLibStream(new EndMarkedStream(stream), CompressionMode.Decompress));
}
