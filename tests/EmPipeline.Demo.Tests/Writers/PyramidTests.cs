using EmPipeline.Demo.Writers;

namespace EmPipeline.Demo.Tests.Writers;

public class PyramidTests
{
    [Fact]
    public void HalveDown_rounds_sizes_and_negative_means_down()
    {
        var (voxels, depth, height, width) = Pyramid.HalveDown([-1, 0, 9, 0, 0, 9, 0, 0, 9, 0, 0, 9], 2, 2, 3);
        (depth, height, width).Should().Be((1, 1, 1));
        voxels.Should().Equal((short)-1);
    }

    [Fact]
    public void HalveUp_rounds_sizes_up_and_repeats_the_edge()
    {
        var (voxels, depth, height, width) = Pyramid.HalveUp([10, 20, 7, 30, 40, 9], 1, 2, 3);
        (depth, height, width).Should().Be((1, 1, 2));
        voxels.Should().Equal(25, 8);
    }
}
