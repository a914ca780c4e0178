using EmPipeline.Zarr.Codecs;
using SharpCompress.Compressors.BZip2;
using SharpCompress.Compressors;

namespace EmPipeline.Formats.Codecs;

/// <summary>Bzip2, one stream or several in a row.</summary>
public sealed class Bzip2Codec : IBytesCodec
{
    public static Bzip2Codec Default { get; } = new();

    public int Decode(ReadOnlySpan<byte> source, Span<byte> target) =>
        InflateStreams.Decode("bzip2", source, target, static stream => BZip2Stream.Create(stream, CompressionMode.Decompress, true));
}
