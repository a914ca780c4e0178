using EmPipeline.Volumes;

namespace EmPipeline.Formats.Tiff;

/// <summary>Walks the chain of image file directories.</summary>
internal static class TiffDirectoryChain
{
    private const int SmallWindow = 1 << 10;
    private const int LargeWindow = 64 << 10;

    /// <summary>Every directory of the main chain, in order.</summary>
    /// <exception cref="EmException">The chain has no directory, points outside the file, or runs in a circle.</exception>
    public static async ValueTask<List<TiffDirectory>> ReadAsync(TiffFile file, CancellationToken cancellation)
    {
        var directories = new List<TiffDirectory>();
        var visited = new HashSet<long>();
        var window = new Window(file);
        // Directories of an honest file do not overlap, so all together are no longer than the file: a bound on time and memory.
        var budget = file.Length;
        for (var offset = file.Header.FirstDirectory; offset != 0;)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!visited.Add(offset))
                throw EmException.Corrupt($"{file.Place} at byte {offset}", $"got a directory that was read before as next after page {directories.Count - 1}, expected 0 or a new one.");
            var (directory, length, next) = await ReadAsync(file, window, directories.Count, offset, cancellation);
            if ((budget -= length) < 0)
                throw EmException.Corrupt($"{file.Place} at byte {offset}", "got directories that overlap, expected each at its own place.");
            directories.Add(directory);
            offset = next;
        }

        return directories.Count > 0 ? directories : throw EmException.Corrupt(file.Place, "got no image, expected a first directory.");
    }

    /// <summary>The directories that the tag SubIFDs of <paramref name="parent"/> lists.</summary>
    public static async ValueTask<IReadOnlyList<TiffDirectory>> ReadSubAsync(TiffDirectory parent, CancellationToken cancellation)
    {
        var offsets = await parent.NumbersAsync(TiffTag.SubIfds, cancellation) ?? [];
        if (offsets.Length == 0)
            return [];
        var directories = new List<TiffDirectory>();
        var window = new Window(parent.File);
        foreach (var offset in offsets.Distinct())
        {
            cancellation.ThrowIfCancellationRequested();
            directories.Add((await ReadAsync(parent.File, window, directories.Count, offset, cancellation, parent)).Directory);
        }

        return directories;
    }

    /// <returns>The directory, its bytes with count and link, and where the next one starts: 0 at the end of the chain.</returns>
    private static async ValueTask<(TiffDirectory Directory, long Length, long Next)> ReadAsync(
        TiffFile file, Window window, int index, long offset, CancellationToken cancellation, TiffDirectory? parent = null)
    {
        var header = file.Header;
        var countSize = header.Big ? 8 : 2;
        var head = await window.ReadAsync(offset, countSize, $"directory {index}", cancellation);
        var count = header.Big ? header.Offset(head.Span) : header.UInt16(head.Span);
        // Tags are 16-bit numbers and occur once.
        if (count > ushort.MaxValue)
            throw EmException.Corrupt($"{file.Place} at byte {offset}", $"got {count} tags in directory {index}, expected at most {ushort.MaxValue}.");
        var length = (int)count * header.EntrySize;
        var body = await window.ReadAsync(offset + countSize, length + header.OffsetSize, $"directory {index}", cancellation);
        var next = header.Offset(body.Span[length..]);
        return (new TiffDirectory(file, index, offset, length, body[..length].ToArray(), parent), countSize + length + header.OffsetSize, next);
    }

    /// <summary>
    /// A look-ahead that grows while directories follow one another (all at the end of the file, as ImageJ writes them) and stays
    /// small while they lie apart between the pages' pixels.
    /// </summary>
    private sealed class Window(TiffFile file)
    {
        private byte[] _bytes = [];
        private long _start;
        private int _size = SmallWindow;

        public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(long offset, int length, string what, CancellationToken cancellation)
        {
            file.CheckInside(offset, length, what);
            if (offset < _start || offset + length > _start + _bytes.Length)
            {
                var near = _bytes.Length > 0 && offset >= _start && offset <= _start + (2 * _bytes.Length);
                _size = near ? Math.Min(2 * _size, LargeWindow) : SmallWindow;
                var bytes = new byte[Math.Min(Math.Max(_size, length), file.Length - offset)];
                await file.ReadAsync(offset, bytes, cancellation);
                (_bytes, _start) = (bytes, offset);
            }

            return _bytes.AsMemory((int)(offset - _start), length);
        }
    }
}
