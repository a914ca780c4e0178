using EmPipeline.Catalog;
using EmPipeline.Volumes;

namespace EmPipeline.Torch.Sampling;

/// <summary>What foreground is drawn from for one query. Immutable.</summary>
internal sealed class QueryForeground
{
    private readonly Dictionary<BlockVolume, (NdIndex Grid, int[] Numbers)> _numbers = [];

    /// <param name="classes">In the order of the options.</param>
    public QueryForeground(QueryBlocks query, IReadOnlyList<ClassVoxels> classes)
    {
        (First, Classes) = (query.First, classes);
        for (var i = 0; i < query.Blocks.Count; i++)
        {
            var block = query.Blocks[i];
            if (!_numbers.TryGetValue(block.Volume, out var cells))
            {
                var grid = NdIndex.CeilingDivide(query.Chosen(block.Volume).Volume, block.Volume.Block);
                _numbers.Add(block.Volume, cells = (grid, new int[grid.Volume]));
            }

            cells.Numbers[Cell(cells.Grid, block)] = i;
        }
    }

    /// <summary>The number of the query's first block among the source's.</summary>
    public int First { get; }

    public IReadOnlyList<ClassVoxels> Classes { get; }

    /// <summary>The number of a chosen block among the source's.</summary>
    public int IndexOf(BlockRef block) => First + _numbers[block.Volume].Numbers[Cell(_numbers[block.Volume].Grid, block)];

    private static long Cell(NdIndex grid, BlockRef block)
    {
        var cell = NdIndex.FloorDivide(block.Origin, block.Volume.Block);
        return (((cell[0] * grid[1]) + cell[1]) * grid[2]) + cell[2];
    }
}
