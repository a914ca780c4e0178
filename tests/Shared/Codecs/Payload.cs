using System.Globalization;
using EmPipeline.Zarr.Codecs;

namespace EmPipeline.Tests;

/// <summary>One line of tests/data/codecs/payloads.tsv, of a codec that is the suite's own: see its PayloadCodecs.</summary>
internal sealed record Payload(IBytesCodec Codec, int DecodedLength, string Sha256, byte[] Encoded)
{
    public static IReadOnlyDictionary<string, Payload> All { get; } = File
        .ReadLines(SharedData.Fixture("codecs/payloads.tsv"))
        .Select(line => line.Split('\t'))
        .Where(cells => PayloadCodecs.All.ContainsKey(CodecOf(cells[0])))
        .ToDictionary(cells => cells[0], cells => new Payload(
            PayloadCodecs.All[CodecOf(cells[0])], int.Parse(cells[1], CultureInfo.InvariantCulture), cells[2], Convert.FromBase64String(cells[3])));

    private static string CodecOf(string name) => name.Split('-')[0];
}
