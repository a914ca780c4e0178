using EmPipeline.Storage;
using PureHDF;

namespace EmPipeline.Formats.Hdf5;

/// <summary>
/// A file as PureHDF reads it. The library asks for metadata field by field, and says when it asks for voxels: metadata is read in pages
/// that are kept, voxels straight into the library's buffer. One user at a time.
/// </summary>
internal sealed class Hdf5Stream(IStore store, string key, long length) : Stream, IDatasetStream
{
    private const int PageBytes = 4096;
    private const int MaxPages = 512;
    private readonly StoreStream _file = new(store, key, 0, length);
    private readonly Dictionary<long, byte[]> _pages = [];
    private readonly Queue<long> _oldest = [];

    /// <summary>
    /// The bytes before the file proper. PureHDF looks for its start only where the block is 512 bytes or none, so the start is shown to it
    /// at 0; every other address comes with the block's length added.
    /// </summary>
    public long UserBlock { get; set; }

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => _file.Position;
        set => _file.Position = value;
    }

    public void ReadDataset(Span<byte> buffer) => _file.ReadExactly(buffer);

    public override int Read(Span<byte> buffer)
    {
        var at = Position < UserBlock ? Position + UserBlock : Position;
        var page = at / PageBytes;
        var start = page * PageBytes;
        var within = (int)(at - start);
        // What is no small field is no metadata either, whatever the library calls it.
        if (buffer.Length >= PageBytes)
            return _file.Read(buffer);
        var bytes = Page(page, start);
        var count = Math.Clamp(bytes.Length - within, 0, buffer.Length);
        bytes.AsSpan(Math.Min(within, bytes.Length), count).CopyTo(buffer);
        Position += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override long Seek(long offset, SeekOrigin origin) => _file.Seek(offset, origin);

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private byte[] Page(long page, long start)
    {
        if (_pages.TryGetValue(page, out var bytes))
            return bytes;
        var position = Position;
        bytes = new byte[Math.Clamp(length - start, 0, PageBytes)];
        Position = start;
        _file.ReadExactly(bytes);
        Position = position;
        if (_pages.Count >= MaxPages)
            _pages.Remove(_oldest.Dequeue());
        _pages.Add(page, bytes);
        _oldest.Enqueue(page);
        return bytes;
    }
}
