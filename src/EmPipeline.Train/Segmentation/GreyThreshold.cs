using System.Globalization;
using EmPipeline.Torch;
using static TorchSharp.torch;

namespace EmPipeline.Train.Segmentation;

/// <summary>The baseline: all voxels darker, or all brighter, than one normalised grey value, whichever does best on what is trained on.</summary>
internal sealed class GreyThreshold
{
    private const int Bins = 1000;
    private const float Range = 5;
    private readonly long[] _of = new long[Bins];
    private readonly long[] _others = new long[Bins];

    /// <summary>Where the threshold lies; set by <see cref="Choose"/>.</summary>
    public float Value { get; private set; }

    public bool IsDark { get; private set; }

    /// <summary>Learns from a batch with a <see cref="Binary"/> target.</summary>
    public void Add(BlockBatch batch)
    {
        var (grey, target, mask) = (batch.Data.data<float>(), batch.Tensors["binary"].data<byte>(), batch.Tensors["binary_mask"].data<byte>());
        foreach (var (value, isOf) in grey.Zip(target).Zip(mask).Where(voxel => voxel.Second > 0).Select(voxel => voxel.First))
            (isOf > 0 ? _of : _others)[Math.Clamp((int)((value + Range) / (2 * Range) * Bins), 0, Bins - 1)]++;
    }

    /// <summary>Takes the threshold with the best Dice over all that was added.</summary>
    public Score Choose()
    {
        var all = _of.Sum();
        var best = new Score(0, 0, all);
        foreach (var isDark in (bool[])[true, false])
        {
            var found = new Score(0, 0, all);
            for (var i = 0; i < Bins; i++)
            {
                var bin = isDark ? i : Bins - 1 - i;
                found += new Score(_of[bin], _of[bin] + _others[bin], 0);
                if (found.Dice <= best.Dice)
                    continue;
                (best, IsDark) = (found, isDark);
                Value = ((bin + (isDark ? 1 : 0)) * 2 * Range / Bins) - Range;
            }
        }

        return best;
    }

    /// <summary>1 where a voxel is found, else 0.</summary>
    public Tensor Find(Tensor grey) => (IsDark ? grey.lt(Value) : grey.ge(Value)).to(ScalarType.Float32);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"all that is {(IsDark ? "darker" : "brighter")} than {Value:0.00} deviations from the mean");
}
