using System.IO.Enumeration;
using EmPipeline.Stages.Ledgers;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Download;

/// <summary>A file, a folder, or the files of a folder that match a pattern, used where they lie: nothing is copied, linked or deleted.</summary>
internal static class LocalSource
{
    public static FetchedVolume Find(StageContext context)
    {
        var address = context.Dataset.Source.Address;
        var name = Path.GetFileName(address);
        if (name.AsSpan().ContainsAny('*', '?'))
            return Match(context, Path.GetDirectoryName(address)!, name);
        var level = context.Dataset.Source.Level ?? "";
        if (File.Exists(address))
            return new FetchedVolume([]) { Root = Path.GetDirectoryName(address), Open = name, InPlace = [Describe(address)] };
        if (!Directory.Exists(Path.Combine(address, level)))
            throw Absent(context, Path.Combine(address, level), "a file or folder");
        var files = Directory.EnumerateFiles(Path.Combine(address, level), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(Describe).ToList();
        if (files.Count == 0)
            throw Absent(context, address, "a folder with files in it");
        return new FetchedVolume([]) { Root = address, Open = level, InPlace = files };
    }

    // A pattern chooses some of a folder's files; the others are not seen (SourceVolume).
    private static FetchedVolume Match(StageContext context, string folder, string pattern)
    {
        var names = Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder).Select(path => Path.GetFileName(path)).Where(name => FileSystemName.MatchesSimpleExpression(pattern, name)).Order(StringComparer.Ordinal).ToList()
            : [];
        if (names.Count == 0)
            throw Absent(context, Path.Combine(folder, pattern), "at least one file that matches");
        return new FetchedVolume([]) { Root = folder, InPlace = names.Select(name => Describe(Path.Combine(folder, name))).ToList() };
    }

    private static LedgerFile Describe(string path) => new(path, new FileInfo(path).Length, Source: new Uri(path).AbsoluteUri);

    private static EmException Absent(StageContext context, string path, string expected) =>
        EmException.Unavailable($"{context.Dataset.Place}.source.file: {path}", $"got nothing there, expected {expected}.");
}
