using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Zarr;

namespace EmPipeline.Formats.Precomputed;

/// <summary>
/// Chunks that are files of their own. A web server states compression in a header that its store undoes; a copy on disk keeps the gzip
/// bytes, under the plain name or, as CloudVolume writes them, with ".gz" added.
/// </summary>
internal sealed class UnshardedChunks(VolumePath folder, PrecomputedScale scale, long rawChunkVoxelBytes) : IChunkSource
{
    public const string CompressedSuffix = ".gz";

    private static readonly string[] Suffixes = ["", CompressedSuffix];

    // The suffix that the last chunk had, asked for first.
    private volatile int _likely;

    public async ValueTask ReadAsync(
        IReadOnlyList<NdIndex> cells, Action<EncodedChunk> take, Action<NdIndex> absent, CancellationToken cancellation)
    {
        foreach (var cell in cells)
        {
            cancellation.ThrowIfCancellationRequested();
            if (await FindAsync(cell, cancellation) is not { } found)
            {
                absent(cell);
                continue;
            }

            var stored = await ReadAsync(found, cancellation);
            take(new EncodedChunk(cell, Unwrap(stored, cell, found.Key), found.Key, 0));
        }
    }

    /// <summary>The object that holds a chunk, or null when there is none.</summary>
    public async ValueTask<StoredObject?> FindAsync(NdIndex cell, CancellationToken cancellation)
    {
        var key = folder.Child(scale.FileName(cell));
        var likely = _likely;
        for (var i = 0; i < Suffixes.Length; i++)
        {
            var suffix = (likely + i) % Suffixes.Length;
            if (await folder.Store.FindAsync(key + Suffixes[suffix], cancellation) is { } found)
            {
                _likely = suffix;
                return found;
            }
        }

        return null;
    }

    private async ValueTask<byte[]> ReadAsync(StoredObject found, CancellationToken cancellation)
    {
        var place = folder.Store.Locate(found.Key);
        if (found.Length > Array.MaxLength)
            throw EmException.Corrupt(place, $"got {found.Length} bytes, expected at most {Array.MaxLength} for one chunk.");
        var bytes = new byte[found.Length];
        try
        {
            if (!await folder.Store.ReadAsync(found.Key, 0, bytes, cancellation))
                throw EmException.Unavailable(place, "got no file where there was one a moment ago. Run again.");
        }
        catch (EndOfStreamException e)
        {
            throw EmException.Corrupt(place, $"got the end of the file, expected {bytes.Length} bytes. Fetch the file again.", e);
        }

        return bytes;
    }

    private byte[] Unwrap(byte[] stored, NdIndex cell, string key)
    {
        // No encoding but raw can start with gzip's magic number, and a raw chunk is known by its length.
        if (!GzipBytes.IsGzip(stored) || (scale.Encoding == PrecomputedEncoding.Raw && IsRawLength(stored.Length, cell)))
            return stored;
        try
        {
            return GzipBytes.Decode(stored, PrecomputedInfo.MaximumChunkBytes * 2);
        }
        catch (InvalidDataException e)
        {
            throw EmException.Corrupt(folder.Store.Locate(key), $"{e.Message}. Fetch the file again.", e);
        }
    }

    private bool IsRawLength(long length, NdIndex cell) =>
        length == scale.ChunkBox(cell).Volume * rawChunkVoxelBytes || length == (Int128)rawChunkVoxelBytes * scale.ChunkSize[0] * scale.ChunkSize[1] * scale.ChunkSize[2];
}
