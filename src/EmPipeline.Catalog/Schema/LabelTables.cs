using EmPipeline.Volumes;

namespace EmPipeline.Catalog.Schema;

/// <summary>The tables that tell of labels. None of the other tables has a row about one.</summary>
internal static class LabelTables
{
    public static Table<LabelVolumeRecord> Volumes { get; } =
        new Table<LabelVolumeRecord>("label_volumes", "The Zarr arrays of labels, one row for each dataset, label and resolution level.") { Key = ["dataset", "origin", "label", "level"] }
        .Text("dataset", "The dataset it belongs to.", row => row.Dataset)
        .Text("origin", "'groundtruth' or 'prediction'.", row => row.Origin)
        .Text("label", "Name of the label within its origin.", row => row.Label)
        .Value("level", "Resolution level; 0 is the finest.", row => row.Level)
        .Text("kind", "'instances': every value but background is an object. 'classes': values mean classes.", row => row.Kind)
        .OptionalText("annotation", "'manual' or 'automatic'; null when nothing states it.", row => row.Annotation)
        .OptionalText("licence", "SPDX identifier where the licence has one; null when nothing states it.", row => row.Licence)
        .Text("source", "Address from which it came, or what predicted it.", row => row.Source)
        .Text("path", "Folder of the Zarr array, relative to the data folder (the one that holds the folder of this catalogue).", row => row.Path)
        .Text("dtype", "Type of one voxel, as Zarr names it.", row => row.Type.Name())
        .Zyx("shape", "Extent in voxels", row => row.Shape)
        .Value("voxel_size_z_nm", "Voxel edge along z in nanometres.", row => row.VoxelSize.Z!.Value)
        .Value("voxel_size_y_nm", "Voxel edge along y in nanometres.", row => row.VoxelSize.Y!.Value)
        .Value("voxel_size_x_nm", "Voxel edge along x in nanometres.", row => row.VoxelSize.X!.Value)
        .Value("centre_z_nm", "Where the centre of its first voxel lies along z; 0 is the centre of the image's first voxel at level 0.", row => row.Centre.Z)
        .Value("centre_y_nm", "Where the centre of its first voxel lies along y; 0 is the centre of the image's first voxel at level 0.", row => row.Centre.Y)
        .Value("centre_x_nm", "Where the centre of its first voxel lies along x; 0 is the centre of the image's first voxel at level 0.", row => row.Centre.X)
        .Zyx("shard", "Extent of a shard (one file) in voxels", row => row.Shard)
        .Zyx("block", "Extent of a block of the label itself in voxels", row => row.Block)
        .Zyx("chunk", "Extent of an inner chunk (the unit of reading, and of label_chunks) in voxels", row => row.Chunk)
        .Text("codec", "How inner chunks are compressed.", row => row.Codec)
        .Value("stored_bytes", "Bytes of its shard files.", row => row.StoredBytes);

    public static Table<LabelClassRecord> Classes { get; } =
        new Table<LabelClassRecord>("label_classes", "What the values of a label mean. A value that has no row of its own is meant by the row without a value.")
        .Text("dataset", "The dataset it belongs to.", row => row.Dataset)
        .Text("origin", "'groundtruth' or 'prediction'.", row => row.Origin)
        .Text("label", "Name of the label within its origin.", row => row.Label)
        .OptionalText("value", "The stored value in decimal digits, exact to 64 bits; null: every value that has no row of its own.", row => row.Value)
        .OptionalText("class", "The class; null for background, and where nothing is known.", row => row.Class)
        .Value("known", "False: nobody looked at these voxels, which are neither background nor object.", row => row.Known)
        .OptionalText("probabilities", "Folder of the OME-Zarr group of its predicted probabilities, an image, relative to the data folder; null where none were kept.", row => row.Probabilities);

    // No primary keys, for the reason that blocks have none.
    public static Table<LabelBlockRow> Blocks { get; } =
        new Table<LabelBlockRow>(
            "label_blocks",
            "What labels say of the blocks of their image at level 0, a row a class, ordered by dataset, origin, label, z, y, x, class. A label voxel is in the block that holds its centre. A block without an annotated voxel has no row.")
        .Text("dataset", "The dataset it belongs to.", row => row.Dataset)
        .Text("origin", "'groundtruth' or 'prediction'.", row => row.Origin)
        .Text("label", "Name of the label within its origin.", row => row.Label)
        .Text("class", "The class.", row => row.Class)
        .Value("z", "First voxel of the block along z, in the image's voxels, as in blocks.", row => row.Z)
        .Value("y", "First voxel of the block along y, in the image's voxels, as in blocks.", row => row.Y)
        .Value("x", "First voxel of the block along x, in the image's voxels, as in blocks.", row => row.X)
        .Value("voxels", "Label voxels of the class.", row => row.Voxels)
        .Value("known", "Annotated label voxels, of whatever class or background.", row => row.Known)
        .Value("unknown_share", "Share of the block's inside that nobody looked at: marked so, or outside of the label; 0 to 1.", row => row.UnknownShare)
        .OptionalValue("objects", "Objects with a voxel in the block; null where the label does not tell objects apart.", row => row.Objects);

    public static Table<LabelChunkRow> Chunks { get; } =
        new Table<LabelChunkRow>("label_chunks", "How much of a class lies in each inner chunk of a label's level 0, ordered by dataset, origin, label, z, y, x, class. Only chunks that have some.")
        .Text("dataset", "The dataset it belongs to.", row => row.Dataset)
        .Text("origin", "'groundtruth' or 'prediction'.", row => row.Origin)
        .Text("label", "Name of the label within its origin.", row => row.Label)
        .Text("class", "The class.", row => row.Class)
        .Value("z", "First voxel of the chunk along z, in the label's voxels.", row => row.Z)
        .Value("y", "First voxel of the chunk along y, in the label's voxels.", row => row.Y)
        .Value("x", "First voxel of the chunk along x, in the label's voxels.", row => row.X)
        .Value("voxels", "Voxels of the class.", row => row.Voxels)
        .OptionalValue("objects", "Objects with a voxel in the chunk; null where the label does not tell objects apart.", row => row.Objects);

    public static Table<LabelShardRow> Shards { get; } =
        new Table<LabelShardRow>("label_shards", "The shards of labels, of all levels, ordered by dataset, origin, label, level, shard_z, shard_y, shard_x. Nothing is known of the shards of a label without a row.")
        .Text("dataset", "The dataset it belongs to.", row => row.Dataset)
        .Text("origin", "'groundtruth' or 'prediction'.", row => row.Origin)
        .Text("label", "Name of the label within its origin.", row => row.Label)
        .Value("level", "Resolution level; 0 is the finest.", row => row.Level)
        .Value("shard_z", "Position along z, in the level's grid of shards.", row => row.ShardZ)
        .Value("shard_y", "Position along y, in the level's grid of shards.", row => row.ShardY)
        .Value("shard_x", "Position along x, in the level's grid of shards.", row => row.ShardX)
        .Value("stored_bytes", "Bytes of its file.", row => row.StoredBytes)
        .OptionalText("checksum", "Checksum of its file; null for an empty shard.", row => row.Checksum)
        .Text("state", "'written', or 'empty' for a shard of nothing but fill value, which has no file.", row => row.State);
}
