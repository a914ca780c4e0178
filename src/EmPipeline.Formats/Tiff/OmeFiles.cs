using EmPipeline.Formats.Tiff.Metadata;

namespace EmPipeline.Formats.Tiff;

/// <summary>The pages of the files of an OME-TIFF set, which lie in one folder. A file is opened when a plane in it is asked for.</summary>
/// <param name="onlyName">The one name that a description of a single file gives it; that file may have been renamed since.</param>
internal sealed class OmeFiles(TiffFile main, List<TiffPage> mainPages, string? onlyName)
{
    private readonly Dictionary<string, Dictionary<long, TiffPage>> _files = new() { [""] = ByIndex(mainPages) };

    /// <summary>How many pages there are in the files opened so far.</summary>
    public long OpenedPages => _files.Values.Distinct().Sum(pages => (long)pages.Count);

    /// <summary>The page of directory <paramref name="index"/>; null when there is no such file or directory.</summary>
    /// <param name="name">null for the file that holds the description.</param>
    public async ValueTask<TiffPage?> PageAsync(string? name, long index, CancellationToken cancellation) =>
        (await FileAsync(name, cancellation)).GetValueOrDefault(index);

    /// <summary>How many pages there are in all the files named.</summary>
    public async ValueTask<long> CountAsync(IReadOnlyList<OmeTiffData> data, CancellationToken cancellation)
    {
        var count = 0L;
        foreach (var name in data.Select(run => run.FileName).Distinct())
            count += (await FileAsync(name, cancellation)).Count;
        return count;
    }

    private async ValueTask<Dictionary<long, TiffPage>> FileAsync(string? name, CancellationToken cancellation)
    {
        var own = main.Path.Key[(main.Path.Key.LastIndexOf('/') + 1)..];
        if (name is null || name == own)
            name = "";
        if (_files.TryGetValue(name, out var pages))
            return pages;
        return _files[name] = await OpenAsync(name, cancellation);
    }

    private async ValueTask<Dictionary<long, TiffPage>> OpenAsync(string name, CancellationToken cancellation)
    {
        // A name is a sibling's: a description must not reach other folders.
        if (name.AsSpan().ContainsAny('/', '\\') || name is "." or "..")
            return [];
        var folder = main.Path.Key[..(main.Path.Key.LastIndexOf('/') + 1)];
        var path = main.Path with { Key = folder + name };
        if (await path.Store.FindAsync(path.Key, cancellation) is null)
            return onlyName == name ? _files[""] : [];
        var file = await TiffFile.OpenAsync(path, cancellation);
        var pages = new List<TiffPage>();
        foreach (var directory in await TiffDirectoryChain.ReadAsync(file, cancellation))
            pages.Add(await TiffPage.ReadAsync(directory, pages.LastOrDefault(), cancellation));
        return ByIndex(pages);
    }

    private static Dictionary<long, TiffPage> ByIndex(List<TiffPage> pages) => pages.ToDictionary(page => (long)page.Directory.Index);
}
