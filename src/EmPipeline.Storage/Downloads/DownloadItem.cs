namespace EmPipeline.Storage;

/// <summary>One object of many to download.</summary>
/// <param name="Store">Not owned.</param>
/// <param name="TargetPath">The local file that it becomes; replaced when it exists, its folder made where it is missing.</param>
/// <param name="Optional">Whether the object may be absent; no file comes of it then.</param>
public sealed record DownloadItem(IStore Store, string Key, string TargetPath, ExpectedFile? Expected = null, bool Optional = false)
{
    /// <summary>Told the object's length when the source states it and <see cref="Expected"/> did not; once a transfer.</summary>
    public Action<long>? Sized { get; init; }
}
