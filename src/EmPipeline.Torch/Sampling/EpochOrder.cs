using EmPipeline.Volumes;

namespace EmPipeline.Torch.Sampling;

/// <summary>The order in which one epoch visits the blocks.</summary>
public static class EpochOrder
{
    /// <summary>0 … count - 1 in an order that follows from seed and epoch alone (Fisher and Yates).</summary>
    public static int[] Shuffled(int count, ulong seed, int epoch)
    {
        var order = Sequential(count);
        var random = SplitMix64.Keyed(seed, (ulong)epoch, ulong.MaxValue);
        for (var i = count - 1; i > 0; i--)
        {
            var j = (int)random.Below(i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }

        return order;
    }

    /// <summary>0 … count - 1.</summary>
    public static int[] Sequential(int count)
    {
        var order = new int[count];
        for (var i = 0; i < count; i++)
            order[i] = i;
        return order;
    }
}
