namespace EmPipeline.Catalog.Schema;

/// <summary>The questions that are asked most. In order: one may build on those before it.</summary>
internal static class Views
{
    /// <summary>What may be asked by name: all of them, and the one that follows from the catalogue's labels.</summary>
    public static IReadOnlyList<string> Names => [.. All.Select(view => view.Name), LabelledBlocks.Name];

    public static IReadOnlyList<View> All { get; } =
    [
        new(
            "section_layers", "For each layer of blocks at full resolution, how many sections in it something is wrong with, as in the table sections.", IsTable: true,
            """
            SELECT b.dataset, 0 AS level, b.z, count(s.flags) AS flagged_sections
            FROM (SELECT DISTINCT dataset, z, valid_z FROM blocks WHERE level = 0) b
            JOIN sections s ON s.dataset = b.dataset AND s.axis = 'z' AND s."index" >= b.z AND s."index" < b.z + b.valid_z
            GROUP BY b.dataset, b.z ORDER BY b.dataset, b.z
            """,
            [
                ("dataset", "The dataset it belongs to."), ("level", "Resolution level: 0, the finest."), ("z", "First voxel of its blocks along z."),
                ("flagged_sections", "How many of its sections have flags."),
            ]),
        new(
            "judged_blocks", "Every block with what its volume says of it, and why it is not trained on unless a query asks for it.", IsTable: false,
            """
            SELECT b.*, v.path, v.dtype, v.block_z, v.block_y, v.block_x, v.voxel_size_z_nm, v.voxel_size_y_nm, v.voxel_size_x_nm,
                   b.valid_z = v.block_z AND b.valid_y = v.block_y AND b.valid_x = v.block_x AS whole, l.flagged_sections,
                   CASE WHEN b.level > 0 THEN 'not level 0'
                        WHEN b.state = 'empty' THEN 'empty'
                        WHEN b.not_finite * 2 >= b.valid_z * b.valid_y * b.valid_x THEN 'not finite'
                        WHEN b.blank_share >= 0.5 THEN 'blank' END AS excluded
            FROM blocks b JOIN volumes v USING (dataset, level) LEFT JOIN section_layers l USING (dataset, level, z)
            """,
            [
                ("whole", "No edge of the volume cuts the block."),
                ("flagged_sections", "How many sections in the block something is wrong with, as in the table sections; null for coarser levels, and where nothing is known of the sections."),
                ("excluded", "Null: train on it. 'not level 0': of a coarser level. 'empty': no voxel but fill value. 'not finite': at least half of its voxels are NaN or infinite. 'blank': at least half of its voxels lie in inner chunks of one value only."),
            ]),
        new(
            "training_blocks", "Blocks to train on: of full resolution, and less than half of them blank, empty or not finite. A grey value of 0 is a value as any other.", IsTable: false,
            "SELECT * EXCLUDE (excluded) FROM judged_blocks WHERE excluded IS NULL", []),
        new(
            "clean_blocks", "The blocks of training_blocks with no section inside that something is wrong with.", IsTable: false,
            "SELECT * FROM training_blocks WHERE flagged_sections = 0", []),
        new(
            "volume_statistics", "Grey values of whole volumes, from their written blocks: over all voxels that are finite numbers, not over blocks. A volume without one has no row.", IsTable: true,
            // Deviations are taken from the volume's own mean: the difference of two large squares would leave nothing of a small deviation.
            """
            WITH finite AS (
                SELECT dataset, level, "min", "max", mean, std, (valid_z * valid_y * valid_x - not_finite)::DOUBLE AS n
                FROM blocks WHERE state = 'written' AND not_finite < valid_z * valid_y * valid_x),
            centre AS (SELECT dataset, level, fsum(n * mean) / fsum(n) AS mean FROM finite GROUP BY dataset, level)
            SELECT dataset, level, count(*) AS blocks, sum(n)::BIGINT AS voxels, min("min") AS min, max("max") AS max, any_value(centre.mean) AS mean,
                   sqrt(fsum(n * (std * std + (finite.mean - centre.mean) * (finite.mean - centre.mean))) / fsum(n)) AS std
            FROM finite JOIN centre USING (dataset, level)
            GROUP BY dataset, level ORDER BY dataset, level
            """,
            [
                ("dataset", "The dataset it belongs to."), ("level", "Resolution level; 0 is the finest."), ("blocks", "Written blocks that have finite voxels."),
                ("voxels", "Finite voxels in them."), ("min", "Smallest finite grey value."), ("max", "Largest finite grey value."),
                ("mean", "Mean of the finite grey values."), ("std", "Standard deviation of the finite grey values."),
            ]),
        new(
            "training_summary", "For each dataset, how many blocks there are to train on, and how many are left out for which reason.", IsTable: true,
            """
            SELECT d.dataset, j.excluded, count(j.dataset) AS blocks
            FROM datasets d LEFT JOIN judged_blocks j USING (dataset) GROUP BY d.dataset, j.excluded ORDER BY d.dataset, j.excluded NULLS FIRST
            """,
            [("dataset", "The dataset."), ("excluded", "The reason, as in judged_blocks; null: trained on."), ("blocks", "How many blocks.")]),
        new(
            "split_summary", "For each split, dataset and part, how many blocks there are to train on.", IsTable: true,
            """
            SELECT s.split, s.dataset, s.part, count(b.z) AS blocks
            FROM splits s LEFT JOIN (
                SELECT split, dataset, part, z FROM split_blocks JOIN training_blocks USING (dataset, level, z, y, x)) b USING (split, dataset, part)
            GROUP BY s.split, s.dataset, s.part ORDER BY s.split, s.dataset, s.part
            """,
            [("split", "The split."), ("dataset", "The dataset."), ("part", "The part."), ("blocks", "How many blocks of training_blocks.")]),
        new(
            "chosen_metadata", "The value that each dataset goes by, for each field.", IsTable: false,
            "SELECT dataset, field, value, unit, origin FROM metadata WHERE chosen", []),
    ];
}
