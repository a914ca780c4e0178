using System.Globalization;
using EmPipeline.Zarr.Codecs;

namespace EmPipeline.Zarr.Tests.Codecs;

/// <summary>One line of tests/data/codecs/payloads.tsv.</summary>
public sealed record Payload(IBytesCodec Codec, int DecodedLength, string Sha256, byte[] Encoded)
{
    public static IReadOnlyDictionary<string, Payload> All { get; } = File
        .ReadLines(SharedData.Fixture("codecs/payloads.tsv"))
        .Select(line => line.Split('\t'))
        .ToDictionary(cells => cells[0], cells => new Payload(
            CodecOf(cells[0]), int.Parse(cells[1], CultureInfo.InvariantCulture), cells[2], Convert.FromBase64String(cells[3])));

    private static IBytesCodec CodecOf(string name) => name.Split('-')[0] switch
    {
        "zlib" => ZlibCodec.Default,
        "gzip" => GzipCodec.Default,
        "bzip2" => Bzip2Codec.Default,
        "xz" => XzCodec.Default,
        "lzma" => LzmaCodec.Default,
        "lz4" => Lz4Codec.Default,
        "lz4frame" => Lz4FrameCodec.Default,
        "zstd" => ZstdCodec.Default,
        "blosc" => BloscCodec.Default,
        var other => throw new ArgumentException($"payloads.tsv: no codec is called '{other}'."),
    };
}
