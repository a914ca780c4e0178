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

    private delegate IAsyncEnumerable<StoredAttribute> AttributeReader(VolumePath file, CancellationToken cancellation);

    /// <param name="format">The format that reads the dataset's voxels.</param>
    public static async IAsyncEnumerable<FileAttribute> ReadAsync(
        StageContext context, Ledger download, IFormat format, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var registry = download.ResultAs<DownloadResult>().Registry;
        foreach (var document in registry.Where(document => document.Missing is not null).OrderBy(document => document.Path, StringComparer.Ordinal))
        {
            var why = StoredAttribute.OfText("", NotRead, document.Missing!);
            yield return new FileAttribute(document.Path, null, why.Path, why.Type, why.Value, null, why.Length, why.Sha256, 1);
        }

        var answers = registry.Where(document => document.Missing is null).Select(document => document.Path).ToHashSet();
        foreach (var answer in answers.Order(StringComparer.Ordinal))
        {
            await foreach (var row in AloneAsync(context, answer, JsonAttributes.ReadAsync, cancellation))
                yield return row;
        }

        var (files, pages) = (new EqualInAll(), new EqualInAll());
        foreach (var file in download.ReadFiles().Select(file => file.Path).Where(file => !answers.Contains(file)))
        {
            if (format.AttributeFiles.Count > 0)
            {
                if (!format.AttributeFiles.Contains(file[(file.LastIndexOf('/') + 1)..]))
                    continue;
                await foreach (var row in AloneAsync(context, file, format.AttributesAsync, cancellation))
                    yield return row;
                continue;
            }

            await foreach (var (part, stated) in SectionsAsync(context, file, FormatRegistry.AttributesAsync, cancellation))
            {
                foreach (var row in (part is null ? files : pages).Add(file, part, stated))
                    yield return row;
            }
        }

        foreach (var row in files.Rest().Concat(pages.Rest()))
            yield return row;
    }

    private static async IAsyncEnumerable<FileAttribute> AloneAsync(
        StageContext context, string file, AttributeReader read, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var (part, stated) in SectionsAsync(context, file, read, cancellation))
        {
            var one = new EqualInAll();
            foreach (var row in one.Add(file, part, stated).Concat(one.Rest()))
                yield return row;
        }
    }

    /// <summary>What a file states, page by page: a file may have a million of them.</summary>
    private static async IAsyncEnumerable<(string? Part, List<StoredAttribute> Stated)> SectionsAsync(
        StageContext context, string file, AttributeReader read, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var path = Path.GetFullPath(Path.Combine(context.Data.Root, file));
        await using var store = new LocalStore(Path.GetDirectoryName(path)!);
        await using var attributes = read(new VolumePath(store, Path.GetFileName(path)), cancellation).GetAsyncEnumerator(cancellation);
        var section = new List<StoredAttribute>();
        while (await NextAsync(attributes) is { } attribute)
        {
            if (section.Count > 0 && section[0].Part != attribute.Part)
            {
                yield return (section[0].Part, section);
                section = [];
            }

            section.Add(attribute);
            if (attribute.Type == NotRead && attribute.Path.Length == 0)
                break;
        }

        if (section.Count > 0)
            yield return (section[0].Part, section);
    }

    /// <summary>The next attribute, or that the rest cannot be read; null at the end.</summary>
    private static async ValueTask<StoredAttribute?> NextAsync(IAsyncEnumerator<StoredAttribute> attributes)
    {
        try
        {
            return await attributes.MoveNextAsync() ? attributes.Current : null;
        }
        catch (EmException e) when (e.Fault is Fault.Corrupt or Fault.Unsupported)
        {
            return StoredAttribute.OfText("", NotRead, e.Message);
        }
    }
}
