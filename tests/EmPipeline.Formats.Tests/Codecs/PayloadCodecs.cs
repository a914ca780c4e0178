using EmPipeline.Formats.Codecs;
using EmPipeline.Zarr.Codecs;

namespace EmPipeline.Tests;

/// <summary>The codecs of this library by the names in tests/data/codecs/payloads.tsv.</summary>
internal static class PayloadCodecs
{
    public static IReadOnlyDictionary<string, IBytesCodec> All { get; } = new Dictionary<string, IBytesCodec>
    {
        ["bzip2"] = Bzip2Codec.Default,
        ["xz"] = XzCodec.Default,
        ["lzma"] = LzmaCodec.Default,
        ["lz4frame"] = Lz4FrameCodec.Default,
    };
}
