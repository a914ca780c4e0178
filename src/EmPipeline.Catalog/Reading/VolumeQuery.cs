using DuckDB.NET.Data;

namespace EmPipeline.Catalog.Reading;

/// <summary>Gives back the records of arrays as they went into the catalogue.</summary>
internal static class VolumeQuery
{
    public static IReadOnlyList<VolumeRecord> Images(DuckDBConnection connection) => Rows(connection, "volumes", "dataset, level", row => new VolumeRecord
    {
        Dataset = row.Text("dataset"),
        Path = row.Text("path"),
        Level = (int)row.Number("level"),
        Shape = row.Zyx("shape"),
        Type = row.Type(),
        VoxelSize = row.VoxelSize(),
        VoxelSizeOrigin = row.OptionalText("voxel_size_origin"),
        Shard = row.Zyx("shard"),
        Block = row.Zyx("block"),
        Chunk = row.Zyx("chunk"),
        Codec = row.Text("codec"),
        StoredBytes = row.Number("stored_bytes"),
    });

    public static IReadOnlyList<T> Rows<T>(DuckDBConnection connection, string table, string order, Func<TableRow, T> make)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT * FROM {table}{(order.Length > 0 ? " ORDER BY " : "")}{order}";
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
            rows.Add(make(new TableRow(reader)));
        return rows;
    }
}
