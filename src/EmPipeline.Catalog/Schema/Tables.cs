using EmPipeline.Volumes;

namespace EmPipeline.Catalog.Schema;

/// <summary>The tables of the catalogue.</summary>
internal static class Tables
{
    public static Table<DatasetRecord> Datasets { get; } = new Table<DatasetRecord>("datasets", "The complete datasets of the data folder.") { Key = ["dataset"] }
        .Text("dataset", "Name in pipeline.yaml.", row => row.Name)
        .OptionalText("configuration", "Configuration file that made it.", row => row.Configuration)
        .OptionalText("title", "Title.", row => row.Title)
        .Text("source", "Address from which it is downloaded.", row => row.Source)
        .Text("format", "Format in which the source keeps it.", row => row.Format)
        .OptionalText("licence", "SPDX identifier where the licence has one.", row => row.Licence)
        .OptionalText("doi", "Digital object identifier, without address.", row => row.Doi)
        .OptionalText("description", "Description.", row => row.Description)
        .OptionalText("organism", "Organism.", row => row.Organism)
        .OptionalText("specimen", "Tissue, organ or cell line.", row => row.Specimen)
        .OptionalText("technique", "Imaging technique.", row => row.Technique)
        .OptionalText("institution", "Institution that made it.", row => row.Institution)
        .OptionalText("acquisition_date", "Day of acquisition, ISO 8601.", row => row.AcquisitionDate)
        .OptionalZyx("crop_origin", "First voxel of the part that was taken, in voxels of the source (null when all of it was),", row => row.CropOrigin)
        .OptionalZyx("crop_shape", "Extent of the part that was taken, in voxels (null when all of it was),", row => row.CropShape);

    public static Table<LeftOutRecord> LeftOut { get; } =
        new Table<LeftOutRecord>("left_out", "The datasets of the data folder that are not in this catalogue; no other table has a row about them.") { Key = ["dataset"] }
        .Text("dataset", "Name in its configuration.", row => row.Dataset)
        .Text("configuration", "Configuration file that defines it.", row => row.Configuration)
        .OptionalText("stage", "First stage that has to run; null when its configuration no longer names it.", row => row.Stage)
        .Text("reason", "Why it has to run.", row => row.Reason);

    public static Table<VolumeRecord> Volumes { get; } =
        new Table<VolumeRecord>("volumes", "The Zarr arrays, one row for each dataset and resolution level.") { Key = ["dataset", "level"] }
        .Text("dataset", "The dataset it belongs to.", row => row.Dataset)
        .Value("level", "Resolution level; 0 is the finest.", row => row.Level)
        .Text("path", "Folder of the Zarr array, relative to the data folder (the one that holds the folder of this catalogue).", row => row.Path)
        .Zyx("shape", "Extent in voxels", row => row.Shape)
        .Text("dtype", "Type of one voxel, as Zarr names it.", row => row.Type.Name())
        .OptionalValue("voxel_size_z_nm", "Voxel edge along z in nanometres; null when unknown.", row => row.VoxelSize.Z)
        .OptionalValue("voxel_size_y_nm", "Voxel edge along y in nanometres; null when unknown.", row => row.VoxelSize.Y)
        .OptionalValue("voxel_size_x_nm", "Voxel edge along x in nanometres; null when unknown.", row => row.VoxelSize.X)
        .OptionalText("voxel_size_origin", "Where the voxel size is stated.", row => row.VoxelSizeOrigin)
        .Zyx("shard", "Extent of a shard (one file) in voxels", row => row.Shard)
        .Zyx("block", "Extent of a block (the unit of statistics and sampling) in voxels", row => row.Block)
        .Zyx("chunk", "Extent of an inner chunk (the unit of reading) in voxels", row => row.Chunk)
        .Text("codec", "How inner chunks are compressed.", row => row.Codec)
        .Value("stored_bytes", "Bytes of its shard files.", row => row.StoredBytes)
        .Value("voxel_count", "Number of voxels.", row => row.Shape.Volume);

    public static Table<FileRecord> Files { get; } = new Table<FileRecord>("files", "The files that the dataset is made of: downloaded, or the user's own where they lie.") { Key = ["dataset", "key"] }
        .Text("dataset", "The dataset it belongs to.", row => row.Dataset)
        .Text("key", "Its path in the source's own folder structure: below the dataset's folder in raw/ when it was downloaded.", row => row.Key)
        .Value("length", "Bytes.", row => row.Length)
        .Text("sha256", "Of the file as downloaded, hexadecimal.", row => row.Sha256)
        .OptionalText("etag", "What the server calls this version of the object.", row => row.ETag)
        .Text("source_url", "Address from which it came.", row => row.SourceUrl)
        .OptionalText("published_checksum", "Checksum that pipeline.yaml states for the file and that it was held to; null when none is stated.", row => row.PublishedChecksum);

    public static Table<MetadataRecord> Metadata { get; } =
        new Table<MetadataRecord>("metadata", "Every stated value with its origin; one for each field is chosen.")
        .Text("dataset", "The dataset it is about.", row => row.Dataset)
        .Text("field", "Name of the field; a unit in the name is the unit of the value.", row => row.Field)
        .Text("value", "The value in the unit and form of the field.", row => row.Value)
        .OptionalText("unit", "Unit of the value.", row => row.Unit)
        .Text("stated", "Value and unit as the origin writes them.", row => row.Stated)
        .Text("origin", "File tag, API field, page or configuration key that states it.", row => row.Origin)
        .Value("chosen", "Whether this is the value the dataset goes by.", row => row.Chosen);

    public static Table<ConflictRecord> Conflicts { get; } =
        new Table<ConflictRecord>("conflicts", "Fields for which origins state different values.")
        .Text("dataset", "The dataset it is about.", row => row.Dataset)
        .Text("field", "Name of the field.", row => row.Field)
        .Text("chosen_value", "The value that was chosen.", row => row.ChosenValue)
        .Text("chosen_origin", "What states it.", row => row.ChosenOrigin)
        .Text("other_value", "The value that was not.", row => row.OtherValue)
        .Text("other_origin", "What states that.", row => row.OtherOrigin)
        .Text("rule", "Why.", row => row.Rule);

    // No primary key, for the reason that blocks have none.
    public static Table<AttributeRow> Attributes { get; } =
        new Table<AttributeRow>("attributes", "All that the raw files and the registries state, as they state it: every tag, attribute and field of a header, chosen from or not. What all sections state alike is one row, what varies a row a section.")
        .Text("dataset", "The dataset it is about.", row => row.Dataset)
        .OptionalText("label", "Origin and name of the label whose file states it; null for the image.", row => row.Label)
        .OptionalText("file", "The file that states it, as key in files; null for what several files state alike.", row => row.File)
        .OptionalText("part", "The page, of a file of several; null for the whole file, and for what all pages state alike.", row => row.Part)
        .Text("path", "Its place in the file, in the words of the format.", row => row.Path)
        .Text("type", "Its type, as the format names it; 'not read' for what could not be read, the reason being the value.", row => row.Type)
        .OptionalText("value", "The value as text; cut where it is long, null for bytes.", row => row.Value)
        .OptionalText("unit", "The unit of the value, where the file itself states one.", row => row.Unit)
        .Value("occurrences", "How many files, or pages of one, state it.", row => row.Occurrences)
        .OptionalValue("length", "Bytes of a value that is not shown whole.", row => row.Length)
        .OptionalText("sha256", "Of those bytes, hexadecimal; null where they are more than 64 KiB and were not read.", row => row.Sha256);

    // No primary key: DuckDB would hold an index over all blocks in memory. The builder checks uniqueness as the rows pass, and their
    // order lets DuckDB skip the row groups that a query does not touch.
    public static Table<BlockRow> Blocks { get; } =
        new Table<BlockRow>("blocks", "One row for each block, ordered by dataset, level, shard, then z, y, x, without repeats. Statistics are of the valid voxels that are finite numbers, in grey values.")
        .Text("dataset", "The dataset it belongs to.", row => row.Dataset)
        .Value("level", "Resolution level; 0 is the finest.", row => row.Level)
        .Value("z", "First voxel along z, in voxels of this level.", row => row.Z)
        .Value("y", "First voxel along y, in voxels of this level.", row => row.Y)
        .Value("x", "First voxel along x, in voxels of this level.", row => row.X)
        .Value("valid_z", "Extent inside the volume along z, in voxels.", row => row.ValidZ)
        .Value("valid_y", "Extent inside the volume along y, in voxels.", row => row.ValidY)
        .Value("valid_x", "Extent inside the volume along x, in voxels.", row => row.ValidX)
        .Value("min", "Smallest grey value.", row => row.Min)
        .Value("max", "Largest grey value.", row => row.Max)
        .Value("mean", "Mean grey value.", row => row.Mean)
        .Value("std", "Standard deviation of the grey values.", row => row.StandardDeviation)
        .Value("p1", "1st percentile of the grey values; of an even sample of them in a block of more than 2^16 voxels.", row => row.P1)
        .Value("p5", "5th percentile of the grey values; of an even sample of them in a block of more than 2^16 voxels.", row => row.P5)
        .Value("p25", "25th percentile of the grey values; of an even sample of them in a block of more than 2^16 voxels.", row => row.P25)
        .Value("p50", "Median of the grey values; of an even sample of them in a block of more than 2^16 voxels.", row => row.P50)
        .Value("p75", "75th percentile of the grey values; of an even sample of them in a block of more than 2^16 voxels.", row => row.P75)
        .Value("p95", "95th percentile of the grey values; of an even sample of them in a block of more than 2^16 voxels.", row => row.P95)
        .Value("p99", "99th percentile of the grey values; of an even sample of them in a block of more than 2^16 voxels.", row => row.P99)
        .Value("fill_share", "Share of voxels that are the fill value, 0 to 1.", row => row.FillShare)
        .Value("blank_share", "Share of voxels in inner chunks of one value only, 0 to 1.", row => row.BlankShare)
        .Value("not_finite", "Voxels that are NaN or infinite, and in none of the statistics.", row => row.NotFinite)
        .Value("shard_z", "Position along z of its shard, in the level's grid of shards.", row => row.ShardZ)
        .Value("shard_y", "Position along y of its shard, in the level's grid of shards.", row => row.ShardY)
        .Value("shard_x", "Position along x of its shard, in the level's grid of shards.", row => row.ShardX)
        .Value("stored_bytes", "Bytes of the shard's file, which other blocks may share.", row => row.StoredBytes)
        .OptionalText("checksum", "Checksum of the shard's file; null for an empty shard.", row => row.Checksum)
        .Text("state", "'written', or 'empty' for a shard of nothing but fill value, which has no file.", row => row.State);
}
