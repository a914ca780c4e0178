using EmPipeline.Zarr.Codecs;

namespace EmPipeline.Zarr.Tests.Codecs;

public sealed class Fletcher32Tests
{
    // The values are those that libhdf5 1.10 appended to such chunks.
    [Theory]
    [InlineData(10, 0x77AC21E0u)]
    [InlineData(11, 0x1B8DA3E0u)]
    [InlineData(3000, 0x173A3653u)]
    public void Fletcher32_is_that_of_HDF5(int length, uint expected) =>
        Fletcher32.Compute(Enumerable.Range(0, length).Select(i => (byte)(((i * 37) + 11) % 251)).ToArray()).Should().Be(expected);

    [Fact]
    public void Fletcher32_tells_a_full_sum_from_none()
    {
        Fletcher32.Compute([255, 255, 255, 255, 255, 255, 255, 255]).Should().Be(0xFFFFFFFFu);
        Fletcher32.Compute(new byte[8]).Should().Be(0u);
    }
}
