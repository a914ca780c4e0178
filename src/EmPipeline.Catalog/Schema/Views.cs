namespace EmPipeline.Catalog.Schema;

/// <summary>The questions that are asked most, as views.</summary>
internal static class Views
{
    public static IReadOnlyList<(string Name, string Comment, string Query)> All { get; } =
    [
        ("training_blocks",
            "Blocks to train on: full resolution, on disk, without a single fill voxel. 'whole' tells those that no edge of the volume cuts.",
            """
            SELECT b.*, v.path, v.dtype, v.voxel_size_z_nm, v.voxel_size_y_nm, v.voxel_size_x_nm,
                   b.valid_z = v.shard_z AND b.valid_y = v.shard_y AND b.valid_x = v.shard_x AS whole
            FROM blocks b JOIN volumes v USING (dataset, level)
            WHERE b.level = 0 AND b.state = 'written' AND b.fill_share = 0
            """),
        ("volume_statistics",
            "Grey values of whole volumes, from their written blocks: the mean and standard deviation over all voxels, not over blocks.",
            """
            SELECT dataset, level, count(*) AS blocks, sum(n)::BIGINT AS voxels, min("min") AS min, max("max") AS max,
                   sum(n * mean) / sum(n) AS mean,
                   sqrt(greatest(0, sum(n * (std * std + mean * mean)) / sum(n) - pow(sum(n * mean) / sum(n), 2))) AS std
            FROM (SELECT *, valid_z::DOUBLE * valid_y * valid_x AS n FROM blocks WHERE state = 'written')
            GROUP BY dataset, level ORDER BY dataset, level
            """),
        ("chosen_metadata",
            "The value that each dataset goes by, for each field.",
            "SELECT dataset, field, value, unit, origin FROM metadata WHERE chosen"),
    ];
}
