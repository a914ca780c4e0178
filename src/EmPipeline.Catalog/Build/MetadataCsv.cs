using System.Buffers;
using System.Globalization;
using System.Text;
using EmPipeline.Catalog.Consolidation;

namespace EmPipeline.Catalog.Build;

/// <summary>One row a dataset, one column a field, chosen values only. RFC 4180 (commas, CRLF, quotes doubled), UTF-8.</summary>
internal static class MetadataCsv
{
    private static readonly SearchValues<char> Special = SearchValues.Create(",\"\r\n");

    public static async Task WriteAsync(CatalogContent content, FileTotals totals, Stream stream, CancellationToken cancellation)
    {
        var chosen = content.Metadata.Where(row => row.Chosen).ToLookup(row => row.Dataset);
        var present = content.Metadata.Where(row => row.Chosen).Select(row => row.Field).ToHashSet();
        var fields = Fields.All.Select(field => field.Name)
            .Concat(present.Where(field => Fields.Find(field) is null).Order(StringComparer.Ordinal)).ToList();

        await using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true) { NewLine = "\r\n" };
        await WriteRowAsync(writer, ["dataset", "source", "format", .. fields, "files", "file_bytes", "zarr_bytes"], cancellation);
        foreach (var dataset in content.Datasets)
        {
            var values = chosen[dataset.Name].ToDictionary(row => row.Field, row => row.Value);
            var files = totals.Of(dataset.Name);
            var zarrBytes = content.Volumes.Where(volume => volume.Dataset == dataset.Name).Sum(volume => volume.StoredBytes);
            await WriteRowAsync(
                writer,
                [
                    dataset.Name, dataset.Source, dataset.Format, .. fields.Select(field => values.GetValueOrDefault(field, "")),
                    Text(files.Count), Text(files.Bytes), Text(zarrBytes),
                ],
                cancellation);
        }
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static Task WriteRowAsync(StreamWriter writer, IEnumerable<string> cells, CancellationToken cancellation) =>
        writer.WriteLineAsync(string.Join(',', cells.Select(Quote)).AsMemory(), cancellation);

    private static string Quote(string cell) =>
        cell.AsSpan().ContainsAny(Special) ? "\"" + cell.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"" : cell;
}
