using EmPipeline.Demo.Tests.Support;
using EmPipeline.Demo.Texture;

namespace EmPipeline.Demo.Tests.Texture;

public class EmTextureTests
{
    private static readonly EmTexture Small = new(128, 128, 128, 7);

    [Fact]
    public void The_same_seed_gives_the_same_bytes_on_every_machine() =>
        Digest.Of(Small.Voxels).Should().Be("99aa0bdbfb0019c1ea1cf8e32ee4c191a5a2cb79995281d574226e81676f3b28");

    [Fact]
    public void Another_seed_gives_other_tissue() =>
        Digest.Of(new EmTexture(128, 128, 128, 8).Voxels).Should().NotBe(Digest.Of(Small.Voxels));

    [Fact]
    public void Every_voxel_is_tissue()
    {
        Small.Voxels.Min().Should().BeGreaterThanOrEqualTo(EmTexture.Darkest);
        Small.Voxels.Max().Should().BeLessThanOrEqualTo(EmTexture.Brightest);
    }

    [Fact]
    public void It_is_smooth_and_not_noise()
    {
        // Neighbours differ far less than voxels that have nothing to do with each other.
        var (near, far) = (0L, 0L);
        for (var i = 0; i < Small.Voxels.Length - 40; i++)
        {
            near += Math.Abs(Small.Voxels[i] - Small.Voxels[i + 1]);
            far += Math.Abs(Small.Voxels[i] - Small.Voxels[i + 40]);
        }

        near.Should().BeLessThan(far / 2);
    }

    [Fact]
    public void Repeats_meet_without_a_seam()
    {
        // The step across the border of the period is no larger than steps inside.
        long Step(int x)
        {
            var pair = new byte[2];
            var sum = 0L;
            for (var i = 0; i < 128 * 128; i++)
            {
                Small.CopyRow(i / 128, i % 128, x, pair);
                sum += Math.Abs(pair[0] - pair[1]);
            }

            return sum;
        }

        Step(127).Should().BeLessThan(2 * Step(60));
        Small.Cut(1, 1, 300, 0, 0, 0)[..44].Should().Equal(Small.Cut(1, 1, 44, 128, 256, 256));
    }
}
