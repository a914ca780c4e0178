namespace EmPipeline.Storage;

/// <summary>One file of many to upload.</summary>
/// <param name="Crc32C">
/// What its bytes have to have, since it was written so; null where that is not known. It tells damage and not content: pieces that each end with their own
/// CRC-32C, as the chunks of a shard do, have the same one whatever is in them.
/// </param>
public sealed record UploadItem(string Key, string Path, long Length, uint? Crc32C = null)
{
    /// <summary>What its content follows from, as text: the same for the same key only if the content is. Null for nothing but the content.</summary>
    public string? Identity { get; init; }

    /// <summary>Whether it is put only if the store still has what was listed there.</summary>
    public bool IsConditional { get; init; }
}
