using System.Globalization;

namespace EmPipeline.Stages.Download;

/// <summary>Says what lies in a dataset's raw folder and is not used any more, such as the files of an earlier source. It is left there.</summary>
internal static class Leftovers
{
    /// <param name="used">Those that are, by path below that folder.</param>
    public static void Warn(StageContext context, LockedObjects used)
    {
        var folder = context.Data.Raw(context.Dataset.Name);
        if (!Directory.Exists(folder))
            return;
        var left = new DirectoryInfo(folder).EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint })
            .Where(file => used.Find(Path.GetRelativePath(folder, file.FullName).Replace(Path.DirectorySeparatorChar, '/')) is null).OrderBy(file => file.FullName, StringComparer.Ordinal).ToList();
        if (left.Count == 0)
            return;
        var megabytes = (left.Sum(file => file.Length) / 1e6).ToString("0.#", CultureInfo.InvariantCulture);
        context.Warn($"{folder}: got {left.Count} {(left.Count == 1 ? "file" : "files")} ({megabytes} MB, such as {left[0].Name}) that {context.Dataset.Name} does not use, left by an earlier source or crop. They stay and are not read; delete them when you need them no more.");
    }
}
