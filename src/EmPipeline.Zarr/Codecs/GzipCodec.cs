using System.IO.Compression;

namespace EmPipeline.Zarr.Codecs;

/// <summary>Gzip (RFC 1952), one member or several in a row.</summary>
public sealed class GzipCodec : IBytesCodec
{
    public static GzipCodec Default { get; } = new();

    public int Decode(ReadOnlySpan<byte> source, Span<byte> target) =>
        InflateStreams.Decode("gzip", source, target, static stream => new GZipStream(new EndMarkedStream(stream), CompressionMode.Decompress));
}
