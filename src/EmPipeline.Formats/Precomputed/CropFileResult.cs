namespace EmPipeline.Formats.Precomputed;

/// <summary>A file of a crop as it was written.</summary>
/// <param name="RelativeName">As planned; an unsharded chunk that the source keeps under a ".gz" name keeps it.</param>
/// <param name="Length">Bytes of the written file.</param>
/// <param name="Sha256">Of the written file, lowercase hexadecimal.</param>
/// <param name="ETag">The version of the source's object, where the source names versions.</param>
/// <param name="BytesRead">Bytes of the source that it took: chunks, the gaps read along with them, and indexes.</param>
public sealed record CropFileResult(string RelativeName, long Length, string Sha256, string? ETag, long BytesRead);
