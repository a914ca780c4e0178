namespace EmPipeline.Storage;

/// <summary>What a store says of bytes that it took.</summary>
/// <param name="Crc32C">As S3 writes it; null where it does not tell.</param>
internal readonly record struct S3Answer(string? ETag, string? Crc32C, string? Encryption);
