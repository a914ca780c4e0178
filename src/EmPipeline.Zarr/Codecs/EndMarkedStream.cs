namespace EmPipeline.Zarr.Codecs;

/// <summary>
/// A stream followed by a few bytes that are no part of it. The framework's inflaters take the end of their input for the end of the
/// data; with these bytes in place of a cut trailer the checksum fails, and after a whole one they are ignored.
/// </summary>
internal sealed class EndMarkedStream(Stream inner) : Stream
{
    // As many as the trailer of gzip; not zeros, which the end of its length field often is.
    private int _marks = 8;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        var count = inner.Read(buffer);
        if (count > 0 || buffer.IsEmpty)
            return count;
        count = Math.Min(_marks, buffer.Length);
        buffer[..count].Fill(0xFF);
        _marks -= count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
