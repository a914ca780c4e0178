using EmPipeline.Torch.Sampling;

namespace EmPipeline.Torch.Tests.Sampling;

public sealed class EpochOrderTests
{
    [Fact]
    public void An_order_stays_the_same_for_ever() => EpochOrder.Shuffled(10, 42, 3).Should().Equal(8, 9, 3, 5, 2, 0, 7, 6, 4, 1);

    [Fact]
    public void Every_order_is_a_permutation()
    {
        for (var epoch = 0; epoch < 20; epoch++)
            EpochOrder.Shuffled(257, 1, epoch).Order().Should().Equal(Enumerable.Range(0, 257));
        EpochOrder.Shuffled(0, 1, 0).Should().BeEmpty();
    }
}
