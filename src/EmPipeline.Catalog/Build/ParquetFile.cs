using System.IO.Compression;
using EmPipeline.Catalog.Schema;
using Parquet;

namespace EmPipeline.Catalog.Build;

/// <summary>Writes one table as Parquet: the same rows give the same bytes. Holds one row group in memory.</summary>
internal static class ParquetFile
{
    // DuckDB skips whole row groups by their minima and maxima; this many rows of blocks are about 8 MB.
    private const int RowsInGroup = 1 << 16;

    // The library's own choice, the smallest size, takes twelve times as long for a twelfth less.
    private static readonly ParquetOptions Options = new() { CompressionMethod = CompressionMethod.Zstd, CompressionLevel = CompressionLevel.Fastest };

    /// <summary>Writes <paramref name="rows"/> to a new file.</summary>
    /// <returns>The number of rows.</returns>
    public static async Task<long> WriteAsync<TRow>(Table<TRow> table, IAsyncEnumerable<TRow> rows, string path, CancellationToken cancellation)
    {
        await using var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
        await using var writer = await ParquetWriter.CreateAsync(table.ParquetSchema, stream, Options, cancellationToken: cancellation);
        writer.CustomMetadata = new Dictionary<string, string> { ["comment"] = table.Comment };
        var count = 0L;
        var group = new List<TRow>();
        await foreach (var row in rows.WithCancellation(cancellation))
        {
            group.Add(row);
            if (group.Count < RowsInGroup)
                continue;
            count += await WriteGroupAsync(table, writer, group, cancellation);
            group.Clear();
        }

        if (group.Count > 0 || count == 0)
            count += await WriteGroupAsync(table, writer, group, cancellation);
        return count;
    }

    private static async Task<int> WriteGroupAsync<TRow>(Table<TRow> table, ParquetWriter writer, List<TRow> rows, CancellationToken cancellation)
    {
        using var group = writer.CreateRowGroup();
        foreach (var column in table.Columns)
            await column.WriteAsync(group, rows, cancellation);
        group.CompleteValidate();
        return rows.Count;
    }
}
