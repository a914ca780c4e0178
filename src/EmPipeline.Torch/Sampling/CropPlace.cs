using EmPipeline.Volumes;

namespace EmPipeline.Torch.Sampling;

internal static class CropPlace
{
    // Blocks of the catalogue are shards of this extent unless the configuration says otherwise; a crop's centre lies in one.
    private const long BlockExtent = 128;

    /// <summary>Where the tensor of this block begins. Never negative; it ends beyond the volume only where the volume is too small.</summary>
    public static NdIndex Origin(NdIndex block, NdIndex volume, BlockOptions options, int epoch, int index)
    {
        if (!options.RandomCrop)
            return block;
        var random = SplitMix64.Keyed(options.Seed, (ulong)epoch, (ulong)index);
        var origin = block;
        for (var axis = 0; axis < 3; axis++)
        {
            var centre = block[axis] + random.Below(Math.Max(1, Math.Min(BlockExtent, volume[axis] - block[axis])));
            origin[axis] = Math.Clamp(centre - (options.Shape[axis] / 2), 0, Math.Max(0, volume[axis] - options.Shape[axis]));
        }

        return origin;
    }
}
