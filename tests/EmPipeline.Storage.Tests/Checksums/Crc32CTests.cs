using System.Text;

namespace EmPipeline.Storage.Tests;

public sealed class Crc32CTests
{
    [Theory]
    [InlineData("", 0u)]
    [InlineData("a", 0xC1D04330u)]
    [InlineData("123456789", 0xE3069283u)]
    public void Known_values(string text, uint expected) => Crc32C.Compute(Encoding.ASCII.GetBytes(text)).Should().Be(expected);

    [Fact]
    public void The_vectors_of_RFC_3720()
    {
        Crc32C.Compute(new byte[32]).Should().Be(0x8A9136AAu);
        Crc32C.Compute(Enumerable.Repeat((byte)255, 32).ToArray()).Should().Be(0x62A8AB43u);
        Crc32C.Compute(Enumerable.Range(0, 32).Select(i => (byte)i).ToArray()).Should().Be(0x46DD794Eu);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(6143)]
    [InlineData(6144)]
    [InlineData(6145)]
    [InlineData(40_001)]
    public void Any_length_equals_the_bit_by_bit_definition(int length)
    {
        var data = new byte[length];
        new Random(length).NextBytes(data);
        Crc32C.Compute(data).Should().Be(BitByBit(data));
    }

    [Fact]
    public void Parts_append_to_the_whole()
    {
        var data = new byte[20_000];
        new Random(1).NextBytes(data);
        foreach (var cut in new[] { 0, 1, 5000, 6144, 19_999, 20_000 })
            Crc32C.Append(Crc32C.Compute(data.AsSpan(0, cut)), data.AsSpan(cut)).Should().Be(Crc32C.Compute(data));
    }

    private static uint BitByBit(byte[] data)
    {
        const uint ReversedPolynomial = 0x82F63B78;
        var state = uint.MaxValue;
        foreach (var value in data)
        {
            state ^= value;
            for (var bit = 0; bit < 8; bit++)
                state = (state >> 1) ^ ((state & 1) == 0 ? 0 : ReversedPolynomial);
        }

        return ~state;
    }

    [Fact]
    public void Products_are_the_same_with_and_without_the_instruction()
    {
        var random = new Random(1);
        for (var i = 0; i < 1000; i++)
        {
            var (a, b) = ((uint)random.NextInt64(1L << 32), (uint)random.NextInt64(1L << 32));
            Crc32C.Multiply(a, b).Should().Be(Crc32C.MultiplyScalar(a, b));
        }
    }
}
