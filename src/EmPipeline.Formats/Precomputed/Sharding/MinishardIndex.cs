using System.Buffers.Binary;

namespace EmPipeline.Formats.Precomputed;

/// <summary>Where a shard file keeps the chunks of one minishard. Immutable.</summary>
internal sealed class MinishardIndex
{
    private const int BytesPerChunk = 3 * sizeof(ulong);
    private readonly ulong[] _ids;
    private readonly (long Offset, long Length)[] _ranges;

    private MinishardIndex(ulong[] ids, (long Offset, long Length)[] ranges) => (_ids, _ranges) = (ids, ranges);

    public static MinishardIndex Empty { get; } = new([], []);

    /// <summary>Bytes of memory, about.</summary>
    public long Weight => _ids.LongLength * BytesPerChunk + 64;

    /// <summary>
    /// Reads the decoded index: all ids, then all starts, then all lengths, 64-bit little-endian; ids relative to the one before, starts
    /// relative to the end of the chunk before (the first to the end of the shard index).
    /// </summary>
    /// <param name="shardIndexBytes">Where offsets count from.</param>
    /// <param name="fileLength">Every chunk has to end within it.</param>
    /// <exception cref="InvalidDataException">The index is no whole table or points outside the file.</exception>
    public static MinishardIndex Parse(ReadOnlySpan<byte> table, long shardIndexBytes, long fileLength)
    {
        if (table.Length % BytesPerChunk != 0)
            throw new InvalidDataException($"got a minishard index of {table.Length} bytes, expected a multiple of {BytesPerChunk}");
        var count = table.Length / BytesPerChunk;
        var (ids, ranges) = (new ulong[count], new (long, long)[count]);
        var (id, end, sorted) = (0UL, (UInt128)(ulong)shardIndexBytes, true);
        for (var i = 0; i < count; i++)
        {
            var step = Value(table, i);
            sorted &= i == 0 || id + step > id;
            id += step;
            var start = end + Value(table, count + i);
            end = start + Value(table, 2 * count + i);
            // Checked at every chunk, so the sums stay far below 128 bits.
            if (end > (ulong)fileLength)
                throw new InvalidDataException($"got chunk {id} at bytes {start}..{end}, expected it inside the {fileLength} bytes of the shard");
            (ids[i], ranges[i]) = (id, ((long)start, (long)(end - start)));
        }

        // Writers sort by id; the format does not ask for it.
        if (!sorted)
            Array.Sort(ids, ranges);
        return new MinishardIndex(ids, ranges);
    }

    /// <summary>The byte range of a chunk in the shard file; false when the chunk is not stored.</summary>
    public bool TryFind(ulong id, out long offset, out long length)
    {
        var at = Array.BinarySearch(_ids, id);
        (offset, length) = at < 0 ? default : _ranges[at];
        return at >= 0;
    }

    private static ulong Value(ReadOnlySpan<byte> table, int i) => BinaryPrimitives.ReadUInt64LittleEndian(table[(i * sizeof(ulong))..]);
}
