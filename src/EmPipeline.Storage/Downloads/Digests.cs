namespace EmPipeline.Storage;

/// <summary>Checksums of one sequence of bytes; those of text are lowercase hexadecimal.</summary>
internal readonly record struct Digests(string Sha256, string? Md5, uint Crc32C);
