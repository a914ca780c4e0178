using EmPipeline.Zarr.Codecs;
using SharpCompress.Compressors.Xz;

namespace EmPipeline.Formats.Codecs;

/// <summary>The .xz format (LZMA2).</summary>
public sealed class XzCodec : IBytesCodec
{
    public static XzCodec Default { get; } = new();

    public int Decode(ReadOnlySpan<byte> source, Span<byte> target) =>
        InflateStreams.Decode("xz", source, target, static stream => new XZStream(stream));
}
