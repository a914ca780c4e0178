using System.Buffers.Binary;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using Microsoft.Win32.SafeHandles;

namespace EmPipeline.Zarr.V3;

/// <summary>Where an encoded inner chunk lies, from the start of its part.</summary>
/// <param name="Chunk">Its number in C order within the shard.</param>
internal readonly record struct ChunkEntry(int Chunk, long Offset, int Length);

/// <summary>The encoded chunks of one part of a shard.</summary>
/// <param name="Buffer">Owned by the shard's file from now on; null when there is no chunk, or it waits in the spill file.</param>
/// <param name="Start">Where it lies in the spill file.</param>
internal sealed record StoredPart(NativeBuffer? Buffer, int Length, uint Checksum, IReadOnlyList<ChunkEntry> Entries, long Start = 0);

/// <summary>
/// A shard's file being written: encoded chunks one behind the other, then the index and its crc32c. Parts lie in the file in their order,
/// whatever the order they come in: those that come early wait in memory or, when that is too much, in a file beside it. A part that is the
/// whole shard is written as it is encoded. Safe for concurrent use by the writers of different parts.
/// </summary>
internal sealed class ShardFile(ShardSink sink, int level, NdIndex position, int chunkCount) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<int, StoredPart> _early = [];
    private readonly ulong[] _index = NewIndex(chunkCount);
    private SafeFileHandle? _file;
    private SafeFileHandle? _spill;
    private long _spilled;
    private long _length;
    private uint _checksum;
    private int _next;

    /// <summary>Writes encoded chunks at the end.</summary>
    public void Write(ReadOnlySpan<byte> encoded)
    {
        if (encoded.IsEmpty)
            return;
        _file ??= sink.Create(level, position);
        sink.Write(_file, encoded, _length);
        _length += encoded.Length;
    }

    /// <summary>Takes note of chunks that were written.</summary>
    /// <param name="start">Where their part begins in the file.</param>
    /// <param name="checksum">Of all their bytes.</param>
    public void List(IReadOnlyList<ChunkEntry> entries, long start, long length, uint checksum)
    {
        foreach (var (chunk, offset, chunkLength) in entries)
            (_index[2 * chunk], _index[(2 * chunk) + 1]) = ((ulong)(start + offset), (ulong)chunkLength);
        _checksum = Crc32C.Combine(_checksum, checksum, length);
    }

    /// <summary>Takes a part, and writes what is due.</summary>
    /// <param name="number">Of the part in the order of the file.</param>
    public void Put(int number, StoredPart part)
    {
        lock (_lock)
        {
            sink.AddWaiting(part.Buffer is null ? 0 : part.Length);
            _early.Add(number, part);
            for (; _early.Remove(_next, out var due); _next++)
                Append(due);
            foreach (var (early, waiting) in sink.IsTooMuchWaiting ? _early.ToArray() : [])
                _early[early] = Spill(waiting);
        }
    }

    /// <summary>Writes the index.</summary>
    /// <returns>The file, whole, with its length and checksum. Owned by the caller.</returns>
    public (SafeFileHandle File, long Length, uint Checksum) Close()
    {
        var bytes = new byte[(_index.Length * sizeof(ulong)) + sizeof(uint)];
        for (var i = 0; i < _index.Length; i++)
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(i * sizeof(ulong)), _index[i]);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(bytes.Length - sizeof(uint)), Crc32C.Compute(bytes.AsSpan(0, bytes.Length - sizeof(uint))));
        Write(bytes);
        var file = _file!;
        _file = null;
        Dispose();
        return (file, _length, Crc32C.Append(_checksum, bytes));
    }

    public void Dispose()
    {
        _file?.Dispose();
        // Deleted when it is closed.
        _spill?.Dispose();
    }

    private static ulong[] NewIndex(int chunkCount)
    {
        var index = new ulong[2 * chunkCount];
        Array.Fill(index, ShardLayout.Absent);
        return index;
    }

    private void Append(StoredPart part)
    {
        if (part.Length == 0)
            return;
        var buffer = part.Buffer ?? sink.Parts.Rent();
        var encoded = buffer.GetSpan()[..part.Length];
        if (part.Buffer is null)
            sink.Read(_spill!, encoded, part.Start);
        else
            sink.AddWaiting(-part.Length);
        var start = _length;
        Write(encoded);
        List(part.Entries, start, part.Length, part.Checksum);
        sink.Parts.Return(buffer);
    }

    private StoredPart Spill(StoredPart part)
    {
        if (part.Buffer is null)
            return part;
        _spill ??= sink.CreateSpill(level, position);
        sink.Write(_spill, part.Buffer.GetSpan()[..part.Length], _spilled);
        sink.Parts.Return(part.Buffer);
        sink.AddWaiting(-part.Length);
        _spilled += part.Length;
        return part with { Buffer = null, Start = _spilled - part.Length };
    }
}
