using EmPipeline.Volumes;

namespace EmPipeline.Torch.Sampling;

/// <summary>
/// Where a block's tensor begins. Without random crops at the block's first voxel. With them the tensor's centre is a voxel of the block,
/// each as likely as the other; then the tensor is moved so that it stays in the volume, and, where it would hold voxels of a block that the
/// query did not choose, moved back to its own block: along as few axes as will do, the slower ones last.
/// </summary>
internal static class CropPlace
{
    private const int Axes = 3;

    public static NdIndex Origin(NdIndex block, ChosenBlocks chosen, BlockOptions options, int epoch, long key)
    {
        if (!options.RandomCrop)
            return block;
        var random = SplitMix64.Keyed(options.Seed, (ulong)epoch, (ulong)key);
        var valid = chosen.Valid(block);
        var centre = valid.Origin;
        for (var axis = 0; axis < Axes; axis++)
            centre[axis] += random.Below(valid.Shape[axis]);
        return Around(centre, block, chosen, chosen.Sample);
    }

    /// <summary>Never negative; the tensor ends beyond the volume only where the volume is too small.</summary>
    public static NdIndex Around(NdIndex centre, NdIndex block, ChosenBlocks chosen, NdIndex shape)
    {
        var valid = chosen.Valid(block);
        var (drawn, moved) = (centre, centre);
        for (var axis = 0; axis < Axes; axis++)
        {
            var last = Math.Max(0, chosen.Volume[axis] - shape[axis]);
            drawn[axis] = Math.Clamp(centre[axis] - (shape[axis] / 2), 0, last);

            // A tensor that is longer than its block covers it and begins or ends with it, whichever is nearer.
            var (low, high) = (valid.Origin[axis], valid.End[axis] - shape[axis]);
            moved[axis] = low <= high ? Math.Clamp(drawn[axis], low, high) : Math.Clamp(drawn[axis] - high < low - drawn[axis] ? high : low, 0, last);
        }

        for (var count = 0; count < Axes; count++)
        {
            for (var axes = 0; axes < 1 << Axes; axes++)
            {
                if (int.PopCount(axes) == count && Mixed(axes) is var origin && chosen.Contains(new Box(origin, shape)))
                    return origin;
            }
        }

        return moved;

        NdIndex Mixed(int axes)
        {
            var origin = drawn;
            for (var axis = 0; axis < Axes; axis++)
            {
                // The fastest axis has the lowest bit.
                if ((axes & (1 << (Axes - 1 - axis))) != 0)
                    origin[axis] = moved[axis];
            }

            return origin;
        }
    }
}
