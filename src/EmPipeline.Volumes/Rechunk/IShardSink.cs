namespace EmPipeline.Volumes.Rechunk;

/// <summary>
/// Where the engine's shards go. The engine says when a shard is done, the sink makes it durable; a shard is given once, whole.
/// Safe for concurrent use.
/// </summary>
public interface IShardSink
{
    /// <summary>An earlier run finished some shard.</summary>
    bool HasFinished { get; }

    /// <summary>Whether an earlier run finished a shard, and with a file or without. What this run finishes does not change the answer.</summary>
    ShardState Find(int level, NdIndex position);

    /// <summary>A writer for one worker.</summary>
    IShardWriter CreateWriter();

    /// <summary>Takes note of a shard: what its writer stored, or that it is empty. Durable some time later, at the latest when the sink completes.</summary>
    /// <exception cref="EmException">This shard or an earlier one could not be made durable: the run cannot go on.</exception>
    ValueTask RecordAsync(ShardRecord shard, CancellationToken cancellation);

    /// <summary>Reads the valid voxels of a shard that an earlier run finished.</summary>
    /// <param name="voxels">Exactly the valid box, C order.</param>
    ValueTask ReadBackAsync(int level, NdIndex position, Memory<byte> voxels, CancellationToken cancellation);
}

/// <summary>
/// Encodes and stores one shard after another: <see cref="Begin"/>; then <see cref="Reserve"/> room for a few inner chunks, fill it, and
/// <see cref="Add"/> those that are not empty, in C order; then <see cref="Finish"/>, unless there was none. Not safe for concurrent use.
/// </summary>
public interface IShardWriter : IDisposable
{
    void Begin(int level, NdIndex position);

    /// <summary>Room for the voxels of <paramref name="count"/> inner chunks, valid until the next call to any writer on this thread; content undefined.</summary>
    /// <param name="stride">From one chunk's first byte to the next one's.</param>
    Span<byte> Reserve(int count, out int stride);

    /// <summary>Encodes inner chunk number <paramref name="chunk"/> (C order within the shard).</summary>
    /// <param name="voxels">The whole chunk, C order, where it was reserved.</param>
    void Add(int chunk, ReadOnlySpan<byte> voxels);

    /// <summary>Stores the shard, not yet durable and not yet under its final name.</summary>
    /// <returns>The file's size and its CRC-32C.</returns>
    (long StoredBytes, uint Checksum) Finish();
}
