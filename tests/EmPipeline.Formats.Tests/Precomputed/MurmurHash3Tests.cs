using EmPipeline.Formats.Precomputed;

namespace EmPipeline.Formats.Tests.Precomputed;

public sealed class MurmurHash3Tests
{
    // Computed with pymmh3 for the tests of tensorstore: seed 0, the first 64 bits as two words.
    [Theory]
    [InlineData(0, 0xe028ae41, 0x4772b084)]
    [InlineData(1, 0x16d4ce9a, 0xe8bd67d6)]
    [InlineData(42, 0x5119f47a, 0xc20b94f9)]
    public void Hashes_equal_the_published_vectors(ulong key, uint low, uint high) =>
        MurmurHash3.Hash(key).Should().Be(low | ((ulong)high << 32));

    [Fact]
    public void Hashes_equal_the_general_algorithm()
    {
        var random = new Random(3);
        for (var i = 0; i < 1000; i++)
        {
            var key = (ulong)random.NextInt64() << random.Next(2);
            var expected = ReferenceMurmur.Hash(BitConverter.GetBytes(key));
            MurmurHash3.Hash(key).Should().Be(expected[0] | ((ulong)expected[1] << 32));
        }
    }
}
