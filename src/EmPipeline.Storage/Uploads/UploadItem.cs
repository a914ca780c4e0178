namespace EmPipeline.Storage;

/// <summary>One file of many to upload.</summary>
/// <param name="Crc32C">What its bytes have to have, since it was written so; null where that is not known.</param>
public sealed record UploadItem(string Key, string Path, long Length, uint? Crc32C = null)
{
    /// <summary>Whether it is put only if the store still has what was listed there.</summary>
    public bool IsConditional { get; init; }
}
