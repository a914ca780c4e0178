using EmPipeline.Volumes;

namespace EmPipeline.Zarr.Tests;

public sealed class ShardCodecTests
{
    [Theory]
    [InlineData("auto")]
    [InlineData("raw")]
    [InlineData("zstd")]
    [InlineData("zstd:1")]
    [InlineData("zstd:22")]
    [InlineData("lz4")]
    [InlineData("lz4:1")]
    [InlineData("lz4:9")]
    public void What_is_written_reads_back(string text)
    {
        var codec = ShardCodec.Parse(text);
        ShardCodec.Parse(codec.ToString()).Should().Be(codec);
        codec.ToString().Should().StartWith(text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Raw")]
    [InlineData("raw:1")]
    [InlineData("zstd:")]
    [InlineData("zstd:0")]
    [InlineData("zstd:23")]
    [InlineData("zstd:-1")]
    [InlineData("zstd:1:2")]
    [InlineData("blosc")]
    [InlineData("lz4:0")]
    [InlineData("lz4:10")]
    public void Another_text_is_refused_by_what_is_expected(string text)
    {
        var error = text.Invoking(ShardCodec.Parse).Should().Throw<EmException>().Which;
        error.Fault.Should().Be(Fault.Configuration);
        error.Message.Should().Be($"codec: got '{text}', expected auto, raw, zstd, lz4, zstd:LEVEL with a level of 1 to 22, or lz4:LEVEL of 1 to 9.");
    }
}
