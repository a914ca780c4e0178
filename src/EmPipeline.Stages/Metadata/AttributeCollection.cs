using System.Runtime.CompilerServices;
using EmPipeline.Formats;
using EmPipeline.Formats.Attributes;
using EmPipeline.Stages.Download;
using EmPipeline.Stages.Ledgers;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Zarr;

namespace EmPipeline.Stages.Metadata;

/// <summary>
/// Everything that the raw files of a dataset and the registries' answers state, field by field: headers only, never voxels, and no chunk of voxels
/// is opened. A file that cannot be read is a row that says so.
/// </summary>
internal static class AttributeCollection
{
    private const string NotRead = "not read";

    /// <param name="format">The format that reads the dataset's voxels.</param>
    public static async IAsyncEnumerable<FileAttribute> ReadAsync(
        StageContext context, Ledger download, IFormat format, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var answers = download.ResultAs<DownloadResult>().Registry.Select(document => document.Path).ToHashSet();
        foreach (var answer in answers.Order(StringComparer.Ordinal))
        {
            foreach (var row in Rows(answer, await ReadAsync(context, answer, JsonAttributes.ReadAsync, cancellation)))
                yield return row;
        }

        var (files, pages) = (new EqualInAll(), new EqualInAll());
        foreach (var file in download.ReadFiles().Select(file => file.Path).Where(file => !answers.Contains(file)))
        {
            if (format.AttributeFiles.Count > 0)
            {
                if (!format.AttributeFiles.Contains(file[(file.LastIndexOf('/') + 1)..]))
                    continue;
                foreach (var row in Rows(file, await ReadAsync(context, file, format.AttributesAsync, cancellation)))
                    yield return row;
                continue;
            }

            var found = await ReadAsync(context, file, FormatRegistry.AttributesAsync, cancellation);
            foreach (var row in files.Add(file, null, found.Where(attribute => attribute.Part is null)))
                yield return row;
            foreach (var page in found.Where(attribute => attribute.Part is not null).GroupBy(attribute => attribute.Part))
            {
                foreach (var row in pages.Add(file, page.Key, page))
                    yield return row;
            }
        }

        foreach (var row in files.Rest().Concat(pages.Rest()))
            yield return row;
    }

    private static async Task<IReadOnlyList<StoredAttribute>> ReadAsync(
        StageContext context, string file, Func<VolumePath, CancellationToken, IAsyncEnumerable<StoredAttribute>> read, CancellationToken cancellation)
    {
        var path = Path.GetFullPath(Path.Combine(context.Data.Root, file));
        await using var store = new LocalStore(Path.GetDirectoryName(path)!);
        var found = new List<StoredAttribute>();
        try
        {
            await foreach (var attribute in read(new VolumePath(store, Path.GetFileName(path)), cancellation))
                found.Add(attribute);
        }
        catch (EmException e) when (e.Fault is Fault.Corrupt or Fault.Unsupported)
        {
            found.Add(StoredAttribute.OfText("", NotRead, e.Message));
        }

        return found;
    }

    private static IEnumerable<FileAttribute> Rows(string file, IReadOnlyList<StoredAttribute> found)
    {
        var one = new EqualInAll();
        return one.Add(file, null, found).Concat(one.Rest());
    }
}
