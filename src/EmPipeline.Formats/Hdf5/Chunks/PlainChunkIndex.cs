using EmPipeline.Volumes;

namespace EmPipeline.Formats.Hdf5.Chunks;

/// <summary>"Single chunk" and "implicit": chunks one behind the other, the first at a known place.</summary>
/// <param name="single">What is known of the only chunk, where there is one and it is filtered; else null.</param>
internal sealed class PlainChunkIndex(Hdf5Blocks blocks, ulong address, ChunkGrid grid, long chunkBytes, (long Length, uint Mask)? single) : IChunkIndex
{
    public ValueTask<Hdf5ChunkPlace?> FindAsync(NdIndex position, CancellationToken cancellation)
    {
        var (length, mask) = single ?? (chunkBytes, 0u);
        var start = address + (grid.NumberOf(position) * (ulong)length);
        if (start > ulong.MaxValue)
            throw blocks.Corrupt(address, $"got no room for the chunk at {position}.");
        return ValueTask.FromResult<Hdf5ChunkPlace?>(new Hdf5ChunkPlace(blocks.Locate((ulong)start, length), length, mask));
    }
}
