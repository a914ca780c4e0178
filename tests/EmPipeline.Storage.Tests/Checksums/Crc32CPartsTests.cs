namespace EmPipeline.Storage.Tests;

public sealed class Crc32CPartsTests
{
    [Fact]
    public void Every_length_and_start_equals_the_definition()
    {
        var data = new byte[6000];
        new Random(1).NextBytes(data);
        for (var length = 0; length < data.Length; length += 1 + (length / 23))
        {
            var start = length % 17;
            var part = data.AsSpan(start, Math.Min(length, data.Length - start));
            Crc32C.Compute(part).Should().Be(ByDefinition(part), "{0} bytes", part.Length);
        }
    }

    [Theory]
    [InlineData(0, 5000)]
    [InlineData(5000, 0)]
    [InlineData(1, 1)]
    [InlineData(1234, 4321)]
    public void Parts_combine_to_the_whole(int first, int second)
    {
        var data = new byte[first + second];
        new Random(2).NextBytes(data);
        var (a, b) = (Crc32C.Compute(data.AsSpan(0, first)), Crc32C.Compute(data.AsSpan(first)));
        Crc32C.Combine(a, b, second).Should().Be(Crc32C.Compute(data));
        Crc32C.Append(a, data.AsSpan(first)).Should().Be(Crc32C.Compute(data));
    }

    private static uint ByDefinition(ReadOnlySpan<byte> data)
    {
        var crc = ~0u;
        foreach (var value in data)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82F63B78u : 0);
        }

        return ~crc;
    }
}
