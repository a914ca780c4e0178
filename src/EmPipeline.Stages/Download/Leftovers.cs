using System.Globalization;

namespace EmPipeline.Stages.Download;

/// <summary>Says what lies in a dataset's raw folder and is not used any more, such as the files of an earlier source. It is left there.</summary>
internal static class Leftovers
{
    /// <param name="used">Full paths of the files that are.</param>
    public static void Warn(StageContext context, IEnumerable<string> used)
    {
        var folder = context.Data.Raw(context.Dataset.Name);
        if (!Directory.Exists(folder))
            return;
        var known = used.ToHashSet(StringComparer.Ordinal);
        var left = new DirectoryInfo(folder).EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint })
            .Where(file => !known.Contains(file.FullName)).OrderBy(file => file.FullName, StringComparer.Ordinal).ToList();
        if (left.Count == 0)
            return;
        var megabytes = (left.Sum(file => file.Length) / 1e6).ToString("0.#", CultureInfo.InvariantCulture);
        context.Warn($"{folder}: got {left.Count} {(left.Count == 1 ? "file" : "files")} ({megabytes} MB, such as {left[0].Name}) that {context.Dataset.Name} does not use, left by an earlier source or crop. They stay and are not read; delete them when you need them no more.");
    }
}
