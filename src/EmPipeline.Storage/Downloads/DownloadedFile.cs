namespace EmPipeline.Storage;

/// <summary>A file that is whole, checked and durable on the local disk.</summary>
/// <param name="ETag">The version that the source named, without quotes.</param>
/// <param name="Sha256">Of the file's bytes, lowercase hexadecimal.</param>
/// <param name="BytesTransferred">What came over the wire in this run: less than the length after a resumption, more after repeats.</param>
/// <param name="Resumed">Whether pieces of an earlier run were used.</param>
public sealed record DownloadedFile(long Length, string? ETag, string Sha256, long BytesTransferred, bool Resumed);
