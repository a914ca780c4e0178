using EmPipeline.Catalog;
using EmPipeline.Volumes;

namespace EmPipeline.Torch.Sampling;

/// <summary>The blocks that one query chose, in its order, and which of each volume they are. Immutable.</summary>
internal sealed class QueryBlocks
{
    private readonly Dictionary<BlockVolume, ChosenBlocks> _chosen = [];

    /// <param name="first">The number of the first block among the source's.</param>
    /// <param name="shape">The extents of a volume, and of a sample in its voxels, z, y, x.</param>
    /// <exception cref="EmException">A block begins outside of its volume.</exception>
    public QueryBlocks(int first, IReadOnlyList<BlockRef> blocks, Func<BlockVolume, (NdIndex Volume, NdIndex Sample)> shape)
    {
        (First, Blocks) = (first, blocks);
        foreach (var block in blocks)
        {
            if (!_chosen.TryGetValue(block.Volume, out var chosen))
            {
                var (volume, sample) = shape(block.Volume);
                _chosen.Add(block.Volume, chosen = new ChosenBlocks(volume, block.Volume.Block, sample));
            }

            if (block.Z < 0 || block.Y < 0 || block.X < 0 || block.Z >= chosen.Volume[0] || block.Y >= chosen.Volume[1] || block.X >= chosen.Volume[2])
                throw new EmException(Fault.Configuration, $"query: got block {block}, expected its first voxel inside the volume of {chosen.Volume}.");
            chosen.Add(block.Origin);
        }
    }

    public int First { get; }

    public IReadOnlyList<BlockRef> Blocks { get; }

    public IReadOnlyCollection<BlockVolume> Volumes => _chosen.Keys;

    public ChosenBlocks Chosen(BlockVolume volume) => _chosen[volume];
}
