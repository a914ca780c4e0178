namespace EmPipeline.Storage;

/// <summary>What a store says of an object's content.</summary>
/// <param name="Length">In bytes.</param>
/// <param name="ETag">Its version; of a folder, the MD5 of its bytes.</param>
/// <param name="Crc32C">Of the whole; null where the store does not tell.</param>
public sealed record StoredContent(long Length, string? ETag, uint? Crc32C);
