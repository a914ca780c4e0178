using EmPipeline.Catalog.Splits;

namespace EmPipeline.Catalog.Schema;

/// <summary>The tables that divide the tissue into parts for training, validation and test.</summary>
internal static class SplitTables
{
    public static Table<SplitPartRow> Splits { get; } =
        new Table<SplitPartRow>("splits", "How datasets are divided into parts that share no voxel: a row a part. The name is the version: the same name and numbers give the same parts.") { Key = ["split", "dataset", "part"] }
        .Text("split", "Name in pipeline.yaml.", row => row.Split.Split)
        .Text("dataset", "The dataset that is divided.", row => row.Split.Dataset)
        .Text("part", "Name of the part.", row => row.Part.Part)
        .Value("share", "Its share of the volume, against the sum of the shares; met as nearly as whole cells allow.", row => row.Part.Share)
        .Value("seed", "What the order is drawn from in which cells are dealt out.", row => row.Split.Seed)
        .Zyx("cell", "About how large a cell is, in voxels of level 0,", row => row.Split.Cell)
        .Zyx("halo", "How far around a block all voxels are of its part, in voxels of level 0,", row => row.Split.Halo)
        .Text("whole", "The dataset whose volume is cut into cells: another where this one is a cut of it.", row => row.Split.Whole)
        .Zyx("offset", "Where the first voxel lies in that volume, in voxels of level 0,", row => row.Split.Offset);

    // No primary key, for the reason that blocks have none.
    public static Table<SplitBlockRow> Blocks { get; } =
        new Table<SplitBlockRow>("split_blocks", "The part of each block, ordered by split, dataset, level, z, y, x. A block that has voxels of several parts in it, or within the halo around it, is of none and has no row.")
        .Text("split", "The split, as in splits.", row => row.Split)
        .Text("dataset", "The dataset it belongs to.", row => row.Dataset)
        .Value("level", "Resolution level; 0 is the finest.", row => row.Level)
        .Value("z", "First voxel along z, in voxels of this level, as in blocks.", row => row.Z)
        .Value("y", "First voxel along y, in voxels of this level, as in blocks.", row => row.Y)
        .Value("x", "First voxel along x, in voxels of this level, as in blocks.", row => row.X)
        .Text("part", "The part that it is of.", row => row.Part);
}
