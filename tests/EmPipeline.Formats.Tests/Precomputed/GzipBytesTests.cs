using EmPipeline.Formats.Precomputed;

namespace EmPipeline.Formats.Tests.Precomputed;

public sealed class GzipBytesTests
{
    private static readonly byte[] Bytes = [.. Enumerable.Range(0, 200_000).Select(i => (byte)(i * i / 1000))];

    [Fact]
    public void A_member_cut_short_anywhere_is_refused()
    {
        var gzip = SyntheticVolume.Gzip(Bytes[..3000]);
        for (var length = 0; length < gzip.Length; length++)
        {
            var act = () => GzipBytes.Decode(gzip.AsSpan(0, length), long.MaxValue);
            act.Should().Throw<InvalidDataException>("of {0} bytes only {1} are there", gzip.Length, length);
        }
    }

    [Fact]
    public void Several_members_are_decoded_one_after_the_other() =>
        GzipBytes.Decode([.. SyntheticVolume.Gzip(Bytes), .. SyntheticVolume.Gzip([1, 2, 3])], long.MaxValue).Should().Equal([.. Bytes, 1, 2, 3]);

    [Fact]
    public void More_than_the_limit_is_refused()
    {
        var act = () => GzipBytes.Decode(SyntheticVolume.Gzip(Bytes), Bytes.Length - 1);
        act.Should().Throw<InvalidDataException>().WithMessage($"*{Bytes.Length - 1}*");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65535)]
    [InlineData(65536)]
    [InlineData(200_000)]
    public void What_is_stored_without_compression_is_gzip_to_others(int length)
    {
        using var gzip = new System.IO.Compression.GZipStream(new MemoryStream(StoredGzip.Encode(Bytes.AsSpan(0, length))), System.IO.Compression.CompressionMode.Decompress);
        using var decoded = new MemoryStream();
        gzip.CopyTo(decoded);
        decoded.ToArray().Should().Equal(Bytes[..length]);
    }
}
