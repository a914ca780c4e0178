using EmPipeline.Zarr.Codecs;

namespace EmPipeline.Zarr.Tests.Codecs;

/// <summary>Both shuffles against their definitions, at lengths on either side of the vector widths.</summary>
public sealed class ShuffleTests
{
    [Fact]
    public void Bytes_go_back_to_their_elements()
    {
        foreach (var elementSize in new[] { 1, 2, 3, 4, 8, 16 })
        {
            foreach (var count in new[] { 0, 1, 31, 32, 33, 63, 64, 100, 1000 })
            {
                var source = Sample((count * elementSize) + (elementSize / 2));
                var target = new byte[source.Length];
                ByteShuffle.Undo(source, target, elementSize);
                for (var i = 0; i < count * elementSize; i++)
                    target[i].Should().Be(source[((i % elementSize) * count) + (i / elementSize)]);
                target.Skip(count * elementSize).Should().Equal(source.Skip(count * elementSize));
            }
        }
    }

    [Fact]
    public void Bits_go_back_to_their_elements()
    {
        foreach (var elementSize in new[] { 1, 2, 3, 4, 8 })
        {
            foreach (var count in new[] { 0, 8, 64, 136 })
            {
                var source = Sample(count * elementSize);
                var target = new byte[source.Length];
                BitShuffle.Undo(source, target, elementSize);
                for (var bit = 0; bit < 8 * target.Length; bit++)
                {
                    var (element, inElement) = (bit / (8 * elementSize), bit % (8 * elementSize));
                    var from = (inElement * (count / 8)) + (element / 8);
                    ((target[bit / 8] >> (bit % 8)) & 1).Should().Be((source[from] >> (element % 8)) & 1);
                }
            }
        }
    }

    private static byte[] Sample(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }
}
