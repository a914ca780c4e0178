using EmPipeline.Volumes;

namespace EmPipeline.Formats.Hdf5.Chunks;

/// <summary>One of HDF5's ways to find a chunk. Safe for concurrent use.</summary>
internal interface IChunkIndex
{
    /// <summary>Finds the chunk at a grid position.</summary>
    /// <returns>Null when nothing is stored for it.</returns>
    /// <exception cref="EmException">The index is damaged.</exception>
    ValueTask<Hdf5ChunkPlace?> FindAsync(NdIndex position, CancellationToken cancellation);
}
