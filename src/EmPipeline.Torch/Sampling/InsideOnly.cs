using EmPipeline.Catalog;
using EmPipeline.Volumes;

namespace EmPipeline.Torch.Sampling;

/// <summary>Leaves out the blocks whose samples would reach beyond their volume.</summary>
internal static class InsideOnly
{
    /// <param name="shape">The extents of a volume, and of a sample in its voxels, z, y, x.</param>
    /// <exception cref="EmException">None is left.</exception>
    public static IReadOnlyList<BlockRef> Of(SampleQuery query, IReadOnlyList<BlockRef> blocks, BlockOptions options, Func<BlockVolume, (NdIndex Volume, NdIndex Sample)> shape)
    {
        var inside = blocks.Where(block => IsInside(block, options.RandomCrop, shape(block.Volume))).ToList();
        return inside.Count > 0
            ? inside
            : throw new EmException(
                Fault.Configuration,
                $"query: got {blocks.Count} blocks whose samples of {options.Shape} voxels all reach beyond their volume, expected at least one that lies inside: BlockOptions.Outside is {Outside.Skip}. "
                + $"Choose a smaller shape, or {Outside.Reflect} or {Outside.Pad}. The query was: {(query.Query.Length == 0 ? "all of training_blocks" : query.Query)}");
    }

    // A random crop is moved so that it stays inside, if it fits.
    private static bool IsInside(BlockRef block, bool randomCrop, (NdIndex Volume, NdIndex Sample) shape)
    {
        var end = randomCrop ? shape.Sample : block.Origin + shape.Sample;
        return NdIndex.Max(end, shape.Volume) == shape.Volume;
    }
}
