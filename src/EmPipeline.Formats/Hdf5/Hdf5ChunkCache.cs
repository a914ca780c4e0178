using PureHDF.Filters;
using PureHDF.VOL.Native;

namespace EmPipeline.Formats.Hdf5;

/// <summary>
/// Holds the chunk that is being read. A chunk that went round some of its filters (compression would not have made it smaller) states so
/// in a mask, which PureHDF 2.2.0 reads off by one bit: such chunks are decoded here.
/// </summary>
internal sealed class Hdf5ChunkCache(Hdf5Stream stream, (ushort Id, uint[] Parameters)[] filters, long chunkBytes) : IReadingChunkCache
{
    private (ulong Index, Memory<byte> Bytes)? _held;

    public Memory<byte> GetChunk(ulong chunkIndex, Func<Memory<byte>> chunkReader)
    {
        if (_held is { } held && held.Index == chunkIndex)
            return held.Bytes;
        var bytes = Read(chunkIndex, chunkReader);
        if (bytes.Length < chunkBytes)
            throw new InvalidDataException($"got a chunk of {bytes.Length} bytes, expected {chunkBytes}.");
        _held = (chunkIndex, bytes);
        return bytes;
    }

    private Memory<byte> Read(ulong index, Func<Memory<byte>> chunkReader)
    {
        if (filters.Length == 0)
            return chunkReader();
        var (address, size, mask) = Hdf5Internals.ChunkOf(chunkReader, index);
        if (mask == 0 || address == ulong.MaxValue)
            return chunkReader();
        var start = checked(stream.UserBlock + (long)address);
        if (start > stream.Length || size > (ulong)(stream.Length - start))
            throw new InvalidDataException($"got a chunk at byte {start} of {size} bytes, expected it inside the file of {stream.Length}.");
        Memory<byte> bytes = new byte[size];
        stream.Position = start;
        stream.ReadDataset(bytes.Span);
        for (var i = filters.Length - 1; i >= 0; i--)
        {
            if ((mask >> i & 1) == 0)
                bytes = Hdf5Filters.Decode(filters[i].Id, new FilterInfo(H5FilterFlags.Decompress, filters[i].Parameters, checked((int)chunkBytes), bytes));
        }

        return bytes;
    }
}
