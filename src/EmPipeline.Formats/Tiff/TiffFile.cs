using EmPipeline.Volumes;
using EmPipeline.Zarr;

namespace EmPipeline.Formats.Tiff;

/// <summary>
/// A TIFF file's bytes and its number format. Every read is checked against the file's length first, so that nothing is allocated for
/// what is not there. Safe for concurrent use; the store belongs to the caller.
/// </summary>
internal sealed class TiffFile
{
    // A tag that is read into memory as text or numbers; pixel data does not pass here. OME-XML of large plates reaches tens of megabytes.
    private const long MaxValueBytes = 256L << 20;

    private readonly VolumePath _path;
    private long _room;

    private TiffFile(VolumePath path, long length, TiffHeader header) => (_path, Length, Header, _room) = (path, length, header, length);

    public TiffHeader Header { get; }

    public long Length { get; }

    public VolumePath Path => _path;

    public string Place => _path.ToString();

    public static async ValueTask<TiffFile> OpenAsync(VolumePath path, CancellationToken cancellation)
    {
        if (await path.Store.FindAsync(path.Key, cancellation) is not { } found)
            throw EmException.Unavailable(path.ToString(), "got nothing there, expected a TIFF file.");
        var head = new byte[Math.Min(TiffHeader.MaxLength, found.Length)];
        await path.Store.ReadAsync(path.Key, 0, head, cancellation);
        return new TiffFile(path, found.Length, TiffHeader.Parse(head, path.ToString()));
    }

    /// <summary>Fills <paramref name="buffer"/> from <paramref name="offset"/> on.</summary>
    /// <exception cref="EmException">The file ends before, or is gone.</exception>
    public async ValueTask ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellation)
    {
        CheckInside(offset, buffer.Length, "data");
        try
        {
            if (!await _path.Store.ReadAsync(_path.Key, offset, buffer, cancellation))
                throw EmException.Unavailable(Place, "got nothing there, expected the file that was opened before.");
        }
        catch (EndOfStreamException e)
        {
            throw EmException.Corrupt($"{Place} at byte {offset}", $"got the end of the file, expected {buffer.Length} bytes. It changed while open.", e);
        }
    }

    /// <summary>Whether <paramref name="bytes"/> more of the file may stay in memory: all together no more than its length.</summary>
    public bool TryKeep(long bytes) => Interlocked.Add(ref _room, -bytes) >= 0;

    /// <exception cref="EmException">The range does not lie inside the file.</exception>
    public void CheckInside(long offset, long length, string what)
    {
        if (offset < 0 || length < 0 || offset > Length - length)
        {
            throw EmException.Corrupt(
                $"{Place} at byte {offset}", $"got the end of the file at byte {Length}, expected {length} bytes of {what}. The file is truncated or its offsets are wrong.");
        }
    }

    /// <summary>The raw bytes of a tag's value.</summary>
    public async ValueTask<byte[]> ValueAsync(TiffEntry entry, CancellationToken cancellation)
    {
        CheckInside(entry.ValueOffset, entry.ByteLength, $"tag {(int)entry.Tag}");
        if (entry.ByteLength > MaxValueBytes)
            throw EmException.Unsupported($"{Place} tag {(int)entry.Tag}", $"a value of {entry.ByteLength} bytes");
        var bytes = new byte[entry.ByteLength];
        await ReadAsync(entry.ValueOffset, bytes, cancellation);
        return bytes;
    }
}
