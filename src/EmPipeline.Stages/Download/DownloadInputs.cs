using EmPipeline.Stages.Labels;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Download;

/// <summary>What Download depends on outside the pipeline's folders: its entry in the lock file, which files a local source has, and where a label's image lies.</summary>
internal static class DownloadInputs
{
    /// <summary>The member that Download itself brings up to date.</summary>
    public const string Lock = "lock";

    /// <exception cref="EmException">The lock file is none.</exception>
    public static IEnumerable<(string Name, string? Value)> Of(DatasetDefinition dataset, DataFolder data)
    {
        yield return (Lock, LockFile.Digest(dataset.LockFile, dataset.Name));
        yield return ("files", LocalFiles.Of(dataset)?.Summary(withTimes: false));
        yield return ("image", dataset.Label is { } label ? ImageFrame.Of(data, label.Image)?.Text : null);
    }
}
