using CsCheck;
using EmPipeline.Zarr.Codecs;

namespace EmPipeline.Zarr.Tests.Codecs;

public sealed class BloscLz4EncoderTests
{
    [Fact]
    public void Any_bytes_come_back() => (from length in Gen.Int[0, 70_000]
                                          from values in Gen.Int[1, 256]
                                          from run in Gen.Int[1, 400]
                                          from seed in Gen.Int
                                          from level in Gen.Int[BloscLz4Encoder.LeastLevel, BloscLz4Encoder.MostLevel]
                                          from size in Gen.Int[1, 8]
                                          select (Bytes: Make(length, values, run, seed), level, size)).Sample(
        test =>
        {
            var encoder = new BloscLz4Encoder(test.level, test.size);
            var (target, decoded) = (new byte[encoder.MaxEncodedLength(test.Bytes.Length)], new byte[test.Bytes.Length]);
            var length = encoder.Encode(test.Bytes, target);
            BloscCodec.Default.Decode(target.AsSpan(0, length), decoded).Should().Be(test.Bytes.Length);
            decoded.AsSpan().SequenceEqual(test.Bytes).Should().BeTrue();
        },
        iter: 300);

    [Fact]
    public void What_does_not_shrink_is_stored_behind_the_header()
    {
        var noise = Make(10_000, 256, 1, 7);
        var encoder = new BloscLz4Encoder(4, 2);
        var target = new byte[encoder.MaxEncodedLength(noise.Length)];
        encoder.Encode(noise, target).Should().Be(16 + noise.Length);
        target.AsSpan(16).SequenceEqual(noise).Should().BeTrue();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    public void A_level_that_there_is_not_is_refused(int level) =>
        level.Invoking(level => new BloscLz4Encoder(level, 1)).Should().Throw<ArgumentOutOfRangeException>();

    // Runs of one value each, as labels are.
    private static byte[] Make(int length, int values, int run, int seed)
    {
        var (random, bytes) = (new Random(seed), new byte[length]);
        for (var i = 0; i < length;)
        {
            var count = Math.Min(length - i, random.Next(1, run + 1));
            bytes.AsSpan(i, count).Fill((byte)random.Next(values));
            i += count;
        }

        return bytes;
    }
}
