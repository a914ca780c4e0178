using EmPipeline.Demo.Writers;

namespace EmPipeline.Demo.Tests.Writers;

public class ShardedChunksTests
{
    [Theory]
    [InlineData(0, 0, 0, 0)]
    [InlineData(1, 0, 0, 1)]
    [InlineData(0, 1, 0, 2)]
    [InlineData(0, 0, 1, 4)]
    [InlineData(2, 0, 0, 8)]
    // The z axis has one bit, the y axis two: higher bits of x follow each other.
    [InlineData(4, 2, 1, 4 + 16 + 32)]
    [InlineData(7, 3, 1, 63)]
    public void Identifiers_are_compressed_Morton_codes(int x, int y, int z, ulong expected) =>
        ShardedChunks.Identifier((x, y, z), (8, 4, 2)).Should().Be(expected);

    [Theory]
    [InlineData(0, "0.shard")]
    [InlineData(4, "0.shard")]
    [InlineData(5, "00.shard")]
    [InlineData(9, "000.shard")]
    public void File_names_have_a_digit_for_every_four_bits(int shardBits, string name) =>
        new ShardedChunks(0, 0, shardBits).Encode(new Dictionary<ulong, byte[]> { [0] = [1] }).Single().Name.Should().Be(name);
}
