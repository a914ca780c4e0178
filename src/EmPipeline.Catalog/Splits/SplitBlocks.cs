using EmPipeline.Volumes;

namespace EmPipeline.Catalog.Splits;

/// <summary>The part of every block of a split, made as it is asked for.</summary>
internal static class SplitBlocks
{
    /// <summary>By split, dataset, level, z, y, x; blocks at a border have no row.</summary>
    /// <param name="content">Sorted and checked.</param>
    public static IEnumerable<SplitBlockRow> Of(CatalogContent content)
    {
        foreach (var split in content.Splits)
        {
            var levels = content.Volumes.Where(volume => volume.Dataset == split.Dataset).ToList();
            var cells = new SplitCells(split, content.Volumes.Single(volume => volume.Dataset == split.Whole && volume.Level == 0));
            foreach (var level in levels)
            {
                var factor = Factor(levels[0].Shape, level.Shape);
                foreach (var cell in Box.Whole(level.Shape).CellsTouched(level.Block))
                {
                    var origin = cell * level.Block;
                    var valid = NdIndex.Min(level.Block, level.Shape - origin);
                    var around = new Box((origin * factor) + split.Offset - split.Halo, (valid * factor) + split.Halo + split.Halo);
                    if (cells.PartOf(around) is { } part)
                        yield return new SplitBlockRow(split.Split, split.Dataset, level.Level, origin[0], origin[1], origin[2], part);
                }
            }
        }
    }

    /// <summary>How many voxels of level 0 make one of a level: on each axis a power of two.</summary>
    private static NdIndex Factor(NdIndex finest, NdIndex level)
    {
        var factor = NdIndex.Filled(3, 1);
        for (var axis = 0; axis < 3; axis++)
        {
            while ((finest[axis] + factor[axis] - 1) / factor[axis] > level[axis])
                factor[axis] *= 2;
        }

        return factor;
    }
}
