using System.Globalization;
using DuckDB.NET.Data;
using EmPipeline.Catalog.Schema;
using EmPipeline.Volumes;

namespace EmPipeline.Catalog.Reading;

/// <summary>Finds the shards of an array that have no file.</summary>
internal static class ShardQuery
{
    /// <summary>Null where the catalogue says nothing of the array's shards.</summary>
    public static StoredShards? Image(DuckDBConnection connection, VolumeRecord volume) =>
        Run(connection, Tables.Blocks.Name, $"dataset = {Sql.Quote(volume.Dataset)} AND level = {Number(volume.Level)}", NdIndex.CeilingDivide(volume.Shape, volume.Shard));

    /// <summary>Null where the catalogue says nothing of the label's shards.</summary>
    public static StoredShards? Label(DuckDBConnection connection, LabelVolumeRecord label) => CatalogTables.Has(connection, LabelTables.Shards.Name)
        ? Run(
            connection, LabelTables.Shards.Name,
            $"dataset = {Sql.Quote(label.Dataset)} AND origin = {Sql.Quote(label.Origin)} AND label = {Sql.Quote(label.Label)} AND level = {Number(label.Level)}",
            NdIndex.CeilingDivide(label.Shape, label.Shard))
        : null;

    private static StoredShards? Run(DuckDBConnection connection, string table, string array, NdIndex grid)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT EXISTS (SELECT 1 FROM {table} WHERE {array})";
        if (!(bool)command.ExecuteScalar()!)
            return null;
        command.CommandText =
            $"""
            SELECT DISTINCT (shard_z * {Number(grid[1])} + shard_y) * {Number(grid[2])} + shard_x AS number
            FROM {table} WHERE {array} AND state = 'empty' ORDER BY number
            """;
        using var reader = command.ExecuteReader();
        var empty = new List<long>();
        while (reader.Read())
            empty.Add(reader.GetInt64(0));
        return new StoredShards(grid, [.. empty]);
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
