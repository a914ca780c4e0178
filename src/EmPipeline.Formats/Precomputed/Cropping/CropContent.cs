using EmPipeline.Storage;

namespace EmPipeline.Formats.Precomputed;

/// <summary>What one file of a crop is made of: parts of one object of the source, and bytes that are written here. Made by <c>PrecomputedCrop.ContentAsync</c>.</summary>
/// <param name="RelativeName">As planned; an unsharded chunk that the source keeps under a ".gz" name keeps it.</param>
/// <param name="Length">Bytes of the file; what nothing is written to is zeros.</param>
/// <param name="Source">The object that is read, in the version that the parts were found in; null when there is nothing to read.</param>
/// <param name="IndexBytes">Bytes of the source that were read to find this out.</param>
public sealed record CropContent(string RelativeName, long Length, StoredObject? Source, long IndexBytes)
{
    /// <summary>Byte ranges to read, each in one request, and what of them goes where.</summary>
    public IReadOnlyList<CropRead> Reads { get; init; } = [];

    /// <summary>Bytes that do not come from the source's object.</summary>
    public IReadOnlyList<(long Offset, ReadOnlyMemory<byte> Bytes)> Own { get; init; } = [];

    /// <summary>The version of the source, for whoever keeps it.</summary>
    public string? ETag { get; init; }
}

/// <summary>One byte range of the source's object.</summary>
/// <param name="Moves">Offset in the source, offset in the file, and length of each part; the gaps between them are not kept.</param>
public sealed record CropRead(long Offset, long Length, IReadOnlyList<(long From, long To, long Length)> Moves);
