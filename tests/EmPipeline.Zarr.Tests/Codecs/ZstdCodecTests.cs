using EmPipeline.Zarr.Codecs;

namespace EmPipeline.Zarr.Tests.Codecs;

public sealed class ZstdCodecTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(100_000, 1)]
    [InlineData(100_000, 9)]
    public void What_is_encoded_decodes_to_itself(int length, int level)
    {
        var (source, decoded) = (Sample(length), new byte[length]);
        var frame = Encode(new ZstdCodec(level), source);
        ZstdCodec.Default.Decode(frame, decoded).Should().Be(length);
        decoded.Should().Equal(source);
    }

    [Fact]
    public void Several_frames_are_one_payload()
    {
        var source = Sample(5000);
        byte[] frames = [.. Encode(new ZstdCodec(3), source[..2000]), .. Encode(new ZstdCodec(3), source[2000..])];
        var decoded = new byte[source.Length];
        ZstdCodec.Default.Decode(frames, decoded).Should().Be(source.Length);
        decoded.Should().Equal(source);
    }

    [Fact]
    public void A_frame_states_its_content_size()
    {
        var frame = Encode(new ZstdCodec(1), Sample(70_000));
        using var decompressor = new ZstdNet.Decompressor();
        decompressor.Unwrap(frame).Length.Should().Be(70_000);
    }

    [Fact]
    public void Neither_direction_allocates_once_the_thread_has_its_contexts()
    {
        var codec = new ZstdCodec(1);
        var source = Sample(50_000);
        var (target, decoded) = (new byte[ZstdCodec.MaxEncodedLength(source.Length)], new byte[source.Length]);
        codec.Decode(target.AsSpan(0, codec.Encode(source, target)), decoded);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10; i++)
            codec.Decode(target.AsSpan(0, codec.Encode(source, target)), decoded);
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);
    }

    private static byte[] Encode(ZstdCodec codec, byte[] source)
    {
        var target = new byte[ZstdCodec.MaxEncodedLength(source.Length)];
        return target[..codec.Encode(source, target)];
    }

    private static byte[] Sample(int length)
    {
        var bytes = new byte[length];
        new Random(5).NextBytes(bytes.AsSpan(0, length / 2));
        return bytes;
    }
}
