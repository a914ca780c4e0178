namespace EmPipeline.Storage;

/// <summary>One object of many to download.</summary>
/// <param name="TargetPath">The local file that it becomes.</param>
public sealed record DownloadItem(string Key, string TargetPath, ExpectedFile? Expected = null);
