namespace EmPipeline.Storage;

/// <summary>What a store says of an object's content.</summary>
/// <param name="Length">In bytes.</param>
/// <param name="ETag">Its version; null where the store has no such thing.</param>
/// <param name="Crc32C">Of the whole; null where the store does not tell.</param>
public sealed record StoredContent(long Length, string? ETag, uint? Crc32C);
