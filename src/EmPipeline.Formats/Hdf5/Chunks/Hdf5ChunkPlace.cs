namespace EmPipeline.Formats.Hdf5.Chunks;

/// <summary>Where a chunk is stored.</summary>
/// <param name="Start">The file's byte at which it starts.</param>
/// <param name="Mask">A set bit for each filter, counted from the first applied, that the chunk went round.</param>
internal readonly record struct Hdf5ChunkPlace(long Start, long Length, uint Mask);
