namespace EmPipeline.Formats.Tiff;

/// <summary>Equal rows of bytes at even distances in a file, and where they go in the caller's buffer.</summary>
/// <param name="FilePitch">From the start of one row to the next.</param>
internal readonly record struct TiffRows(TiffFile File, long FileOffset, long FilePitch, int BufferOffset, int BufferPitch, int Count);
