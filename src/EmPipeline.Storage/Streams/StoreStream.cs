namespace EmPipeline.Storage;

/// <summary>
/// A range of an object as a stream, for libraries that take nothing else. Read-only, seekable, unbuffered: what is read is one read of
/// the store. One user at a time, as streams are. Does not own the store.
/// </summary>
/// <param name="offset">Where the range begins in the object; the stream's positions start there at 0.</param>
/// <param name="length">The range's length; the object reaches at least to its end.</param>
public sealed class StoreStream(IStore store, string key, long offset, long length) : Stream
{
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => _position;
        set => _position = value >= 0 ? value : throw new IOException($"{store.Locate(key)}: got position {value}, expected 0 or more.");
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = (int)Math.Clamp(length - _position, 0, buffer.Length);
        if (count == 0)
            return 0;
        if (!await store.ReadAsync(key, offset + _position, buffer[..count], cancellationToken))
            throw new StorageException(store.Locate(key), "got no such object, expected it to stay while it is read.", fault: StorageFault.Absent);
        _position += count;
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => ReadNow(buffer.AsMemory(offset, count));

    public override int Read(Span<byte> buffer)
    {
        var rented = System.Buffers.ArrayPool<byte>.Shared.Rent(buffer.Length);
        try
        {
            var count = ReadNow(rented.AsMemory(0, buffer.Length));
            rented.AsSpan(0, count).CopyTo(buffer);
            return count;
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(rented);
        }
    }

    public override long Seek(long offset, SeekOrigin origin) =>
        Position = offset + origin switch
        {
            SeekOrigin.Begin => 0,
            SeekOrigin.Current => _position,
            _ => length,
        };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    // A local store has always completed by now; only a remote one makes the calling thread wait.
    private int ReadNow(Memory<byte> buffer)
    {
        var read = ReadAsync(buffer);
        return read.IsCompletedSuccessfully ? read.Result : read.AsTask().GetAwaiter().GetResult();
    }
}
