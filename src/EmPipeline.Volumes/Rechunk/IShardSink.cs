namespace EmPipeline.Volumes.Rechunk;

/// <summary>
/// Where the engine's shards go. The engine says when a shard is done, the sink makes it durable; a shard is given once, whole, though its
/// parts may come from several workers and in any order. Safe for concurrent use.
/// </summary>
public interface IShardSink
{
    /// <summary>An earlier run finished some shard.</summary>
    bool HasFinished { get; }

    /// <summary>Whether an earlier run finished a shard, and with a file or without. What this run finishes does not change the answer.</summary>
    ShardState Find(int level, NdIndex position);

    /// <summary>A writer for one worker.</summary>
    IShardWriter CreateWriter();

    /// <summary>Stores a shard all of whose parts were finished, not yet durable and not yet under its final name. Not called for empty shards.</summary>
    /// <returns>The file's size and its CRC-32C.</returns>
    (long StoredBytes, uint Checksum) Close(int level, NdIndex position);

    /// <summary>Takes note of a shard that was closed, or is empty. Durable some time later, at the latest when the sink completes.</summary>
    /// <exception cref="EmException">This shard or an earlier one could not be made durable: the run cannot go on.</exception>
    ValueTask RecordAsync(ShardRecord shard, CancellationToken cancellation);

    /// <summary>Reads voxels of shards that an earlier run finished.</summary>
    /// <param name="box">In voxels of the level.</param>
    /// <param name="voxels">Exactly the box, C order.</param>
    ValueTask ReadBackAsync(int level, Box box, Memory<byte> voxels, CancellationToken cancellation);
}

/// <summary>
/// Encodes one part of a shard after another: <see cref="Begin"/>; then <see cref="Reserve"/> room for a few inner chunks, fill it, and
/// <see cref="Add"/> those that are not empty, in C order within the part; then <see cref="Finish"/>. Not safe for concurrent use.
/// </summary>
public interface IShardWriter : IDisposable
{
    /// <param name="position">The shard's, in the level's grid.</param>
    /// <param name="part">Its number in the order of <see cref="LevelGrid.PartsOf"/>.</param>
    void Begin(int level, NdIndex position, int part);

    /// <summary>Room for the voxels of <paramref name="count"/> inner chunks, valid until the next call to any writer on this thread; content undefined.</summary>
    /// <param name="stride">From one chunk's first byte to the next one's.</param>
    Span<byte> Reserve(int count, out int stride);

    /// <summary>Encodes inner chunk number <paramref name="chunk"/> (C order within the shard).</summary>
    /// <param name="voxels">The whole chunk, C order, where it was reserved.</param>
    void Add(int chunk, ReadOnlySpan<byte> voxels);

    /// <summary>Ends the part, which may have no chunk at all.</summary>
    void Finish();
}
