using EmPipeline.Zarr.Codecs;

namespace EmPipeline.Zarr.Tests.Codecs;

public sealed class ZstdBoundTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(70_000)]
    [InlineData(1_000_000)]
    public void A_whole_stream_can_become_what_it_was(int length)
    {
        var zeros = new byte[length];
        var noise = new byte[length];
        new Random(1).NextBytes(noise);
        foreach (var data in new[] { zeros, noise })
        {
            var stream = Encode(data);
            ZstdBound.MaxDecodedLength(stream).Should().BeInRange(length, length + (256 << 10));
            // Two frames, with a skippable one between them.
            byte[] more = [.. stream, 0x50, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 1, 2, 3, .. stream];
            ZstdBound.MaxDecodedLength(more).Should().BeGreaterThanOrEqualTo(2L * length);
        }
    }

    [Fact]
    public void What_is_no_stream_becomes_nothing()
    {
        ZstdBound.MaxDecodedLength(new byte[1000]).Should().Be(0);
        ZstdBound.MaxDecodedLength([]).Should().Be(0);
    }

    [Fact]
    public void A_stream_cut_off_can_become_less()
    {
        var stream = Encode(new byte[10 << 20]);
        ZstdBound.MaxDecodedLength(stream.AsSpan(0, stream.Length / 2)).Should().BeLessThan(6 << 20);
    }

    private static byte[] Encode(byte[] data)
    {
        var target = new byte[ZstdCodec.MaxEncodedLength(data.Length)];
        return target[..ZstdCodec.Default.Encode(data, target)];
    }
}
