using DuckDB.NET.Data;
using EmPipeline.Catalog.Build;
using EmPipeline.Catalog.Report;
using EmPipeline.Catalog.Schema;
using EmPipeline.Catalog.Splits;
using EmPipeline.Volumes;

namespace EmPipeline.Catalog;

/// <summary>Writes a catalogue. Nothing else opens one for writing; delete it and it can be made again from the ledgers.</summary>
public static class CatalogBuilder
{
    public const string DatabaseName = "catalog.duckdb";

    /// <summary>The names of the files that make up a catalogue, in the order in which they replace the old ones. Others in the folder are left alone.</summary>
    public static IReadOnlyList<string> Files { get; } =
    [
        Parquet(Tables.Datasets), Parquet(Tables.LeftOut), Parquet(Tables.Volumes), Parquet(Tables.Files), Parquet(Tables.Metadata), Parquet(Tables.Conflicts), Parquet(Tables.Attributes),
        Parquet(Tables.Blocks), Parquet(LabelTables.Volumes), Parquet(LabelTables.Classes), Parquet(LabelTables.Blocks), Parquet(LabelTables.Chunks), Parquet(LabelTables.Shards),
        Parquet(SplitTables.Splits), Parquet(SplitTables.Blocks), Parquet(SectionTables.Sections), Parquet(RunTables.Runs), "metadata.csv", "metadata.json", "report.html", DatabaseName,
    ];

    /// <summary>
    /// Makes all files of the catalogue in a folder beside the old ones, then renames each into place. Memory stays bounded however many
    /// blocks there are. The same content gives the same bytes, but for the DuckDB file, whose bytes are DuckDB's own business.
    /// </summary>
    /// <param name="folder">The catalogue's folder; made when it is not there.</param>
    /// <exception cref="EmException">The folder cannot be written, or another build is at work in it.</exception>
    /// <exception cref="ArgumentException">The content contradicts itself: blocks out of order, a key twice, an unknown dataset.</exception>
    public static async Task BuildAsync(CatalogContent content, string folder, CancellationToken cancellation = default)
    {
        var sorted = SortedContent.Of(content);
        ContentCheck.Run(sorted);
        folder = Path.GetFullPath(folder);
        using var work = BuildFolder.Create(folder);
        try
        {
            var totals = new FileTotals();
            await WriteTablesAsync(sorted, totals, work, cancellation);
            IReadOnlyList<BlockSummary> summaries;
            IReadOnlyList<LabelSummary> labels;
            IReadOnlyList<SplitSummary> splits;
            using (var database = new DuckDbFile(work.File(DatabaseName), work.File("temporary")))
            {
                LoadTables(database, work);
                database.CreateViews([.. Views.All, LabelledBlocks.Of(sorted)]);
                await ContentHash.WriteAsync(database.Connection, Files.Where(name => name.EndsWith(".parquet", StringComparison.Ordinal) && name != Parquet(RunTables.Runs)).Select(work.File), cancellation);
                summaries = BlockSummaries.Query(database.Connection);
                labels = LabelSummaries.Query(database.Connection);
                splits = SplitSummaries.Query(database.Connection);
                database.Checkpoint();
            }

            cancellation.ThrowIfCancellationRequested();
            await using (var csv = File.Create(work.File("metadata.csv")))
                await MetadataCsv.WriteAsync(sorted, totals, csv, cancellation);
            await using (var json = File.Create(work.File("metadata.json")))
                MetadataJson.Write(sorted, json);
            await File.WriteAllTextAsync(work.File("report.html"), ReportPage.Render(sorted, totals, summaries, labels, splits), cancellation);
            await work.PublishAsync(folder, Files);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or DuckDBException)
        {
            throw new EmException(Fault.Machine, $"{folder}: the catalogue could not be written: {error.Message} Check free space and permissions.", error);
        }
    }

    private static async Task WriteTablesAsync(CatalogContent content, FileTotals totals, BuildFolder work, CancellationToken cancellation)
    {
        await WriteAsync(Tables.Datasets, content.Datasets.ToAsyncEnumerable());
        await WriteAsync(Tables.LeftOut, content.LeftOut.ToAsyncEnumerable());
        await WriteAsync(Tables.Volumes, content.Volumes.ToAsyncEnumerable());
        await WriteAsync(Tables.Files, totals.Count(RowOrder.Check(content.Files, content.Datasets)).ToAsyncEnumerable());
        await WriteAsync(Tables.Metadata, content.Metadata.ToAsyncEnumerable());
        await WriteAsync(Tables.Conflicts, content.Conflicts.ToAsyncEnumerable());
        await WriteAsync(Tables.Attributes, RowOrder.CheckAsync(content.Attributes, content.Datasets, cancellation));
        await WriteAsync(Tables.Blocks, RowOrder.CheckAsync(content.Blocks, content.Volumes, cancellation));
        await WriteAsync(LabelTables.Volumes, content.LabelVolumes.ToAsyncEnumerable());
        await WriteAsync(LabelTables.Classes, content.LabelClasses.ToAsyncEnumerable());
        await WriteAsync(LabelTables.Blocks, LabelRowOrder.CheckAsync("label_blocks", content.LabelBlocks, LabelPlace.Of, content, cancellation));
        await WriteAsync(LabelTables.Chunks, LabelRowOrder.CheckAsync("label_chunks", content.LabelChunks, LabelPlace.Of, content, cancellation));
        await WriteAsync(LabelTables.Shards, LabelRowOrder.CheckAsync("label_shards", content.LabelShards, LabelPlace.Of, content, cancellation));
        await WriteAsync(SplitTables.Splits, content.Splits.SelectMany(split => split.Shares.Select(part => new SplitPartRow(split, part))).ToAsyncEnumerable());
        await WriteAsync(SplitTables.Blocks, SplitBlocks.Of(content).ToAsyncEnumerable());

        await WriteAsync(SectionTables.Sections, content.Sections.ToAsyncEnumerable());
        await WriteAsync(RunTables.Runs, content.Runs.ToAsyncEnumerable());

        Task WriteAsync<TRow>(Table<TRow> table, IAsyncEnumerable<TRow> rows) =>
            ParquetFile.WriteAsync(table, rows, work.File(Parquet(table)), cancellation);
    }

    private static void LoadTables(DuckDbFile database, BuildFolder work)
    {
        Load(Tables.Datasets);
        Load(Tables.LeftOut);
        Load(Tables.Volumes);
        Load(Tables.Files);
        Load(Tables.Metadata);
        Load(Tables.Conflicts);
        Load(Tables.Attributes);
        Load(Tables.Blocks);
        Load(LabelTables.Volumes);
        Load(LabelTables.Classes);
        Load(LabelTables.Blocks);
        Load(LabelTables.Chunks);
        Load(LabelTables.Shards);
        Load(SplitTables.Splits);
        Load(SplitTables.Blocks);
        Load(SectionTables.Sections);
        Load(RunTables.Runs);

        void Load<TRow>(Table<TRow> table) => database.Load(table, work.File(Parquet(table)));
    }

    private static string Parquet<TRow>(Table<TRow> table) => table.Name + ".parquet";
}
