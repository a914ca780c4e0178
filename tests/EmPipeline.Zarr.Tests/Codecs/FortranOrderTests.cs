using EmPipeline.Volumes;
using EmPipeline.Zarr.Codecs;

namespace EmPipeline.Zarr.Tests.Codecs;

public sealed class FortranOrderTests
{
    [Theory]
    [InlineData(1, new long[] { 7 })]
    [InlineData(2, new long[] { 100, 33 })]
    [InlineData(1, new long[] { 40, 3, 70 })]
    [InlineData(4, new long[] { 33, 2, 5, 34 })]
    [InlineData(8, new long[] { 1, 65, 2 })]
    [InlineData(16, new long[] { 3, 4, 1 })]
    public void Every_element_moves_to_its_place(int elementSize, long[] extents)
    {
        var shape = new NdIndex(extents);
        var source = new byte[shape.Volume * elementSize];
        new Random(3).NextBytes(source);
        var target = new byte[source.Length];
        FortranOrder.ToC(source, target, shape, elementSize);

        var to = 0;
        foreach (var position in Box.Whole(shape).CellsTouched(NdIndex.Filled(shape.Rank, 1)))
        {
            var (from, stride) = (0L, 1L);
            for (var axis = 0; axis < shape.Rank; axis++)
            {
                from += position[axis] * stride;
                stride *= shape[axis];
            }

            target.AsSpan(to, elementSize).SequenceEqual(source.AsSpan((int)from * elementSize, elementSize)).Should().BeTrue("{0} is {1}", position, from);
            to += elementSize;
        }
    }
}
