namespace EmPipeline.Storage;

/// <summary>A part of an object that a store has.</summary>
/// <param name="Number">From 1 on.</param>
/// <param name="ETag">What the store calls it; the MD5 of its bytes where that has 32 digits.</param>
/// <param name="Crc32C">Of its bytes; null where the store does not tell.</param>
public sealed record UploadedPart(int Number, long Length, string ETag, uint? Crc32C);
