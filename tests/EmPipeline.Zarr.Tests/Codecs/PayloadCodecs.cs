using EmPipeline.Zarr.Codecs;

namespace EmPipeline.Tests;

/// <summary>The codecs of this library by the names in tests/data/codecs/payloads.tsv.</summary>
internal static class PayloadCodecs
{
    public static IReadOnlyDictionary<string, IBytesCodec> All { get; } = new Dictionary<string, IBytesCodec>
    {
        ["zlib"] = ZlibCodec.Default,
        ["gzip"] = GzipCodec.Default,
        ["lz4"] = Lz4Codec.Default,
        ["zstd"] = ZstdCodec.Default,
        ["blosc"] = BloscCodec.Default,
    };
}
