using DuckDB.NET.Data;
using EmPipeline.Catalog.Schema;

namespace EmPipeline.Catalog.Reading;

/// <summary>What a catalogue says of labels; nothing where it was made before there were any.</summary>
internal static class LabelQuery
{
    public static IReadOnlyList<LabelVolumeRecord> Volumes(DuckDBConnection connection) => Rows(connection, LabelTables.Volumes.Name, "dataset, origin, label, level", row => new LabelVolumeRecord
    {
        Dataset = row.Text("dataset"),
        Origin = row.Text("origin"),
        Label = row.Text("label"),
        Level = (int)row.Number("level"),
        Kind = row.Text("kind"),
        Annotation = row.OptionalText("annotation"),
        Licence = row.OptionalText("licence"),
        Source = row.Text("source"),
        Path = row.Text("path"),
        Type = row.Type(),
        Shape = row.Zyx("shape"),
        VoxelSize = row.VoxelSize(),
        Centre = row.Centre(),
        Shard = row.Zyx("shard"),
        Block = row.Zyx("block"),
        Chunk = row.Zyx("chunk"),
        Codec = row.Text("codec"),
        StoredBytes = row.Number("stored_bytes"),
    });

    // In the order in which they were given.
    public static IReadOnlyList<LabelClassRecord> Classes(DuckDBConnection connection) => Rows(
        connection, LabelTables.Classes.Name, "",
        row => new LabelClassRecord(row.Text("dataset"), row.Text("origin"), row.Text("label"), row.OptionalText("value"), row.OptionalText("class"), row.Flag("known"), row.Has("probabilities") ? row.OptionalText("probabilities") : null));

    private static IReadOnlyList<T> Rows<T>(DuckDBConnection connection, string table, string order, Func<TableRow, T> make) =>
        CatalogTables.Has(connection, table) ? VolumeQuery.Rows(connection, table, order, make) : [];
}
