using EmPipeline.Volumes;
using EmPipeline.Zarr;
using EmPipeline.Zarr.Chunks;

namespace EmPipeline.Formats.Hdf5.Chunks;

/// <summary>
/// The blocks that chunk indexes are made of. They lie close to each other, so pages are read and kept, and what is asked for is cut out
/// of them. Safe for concurrent use.
/// </summary>
/// <param name="userBlock">The bytes before the file proper, from which addresses count.</param>
/// <param name="offsetSize">Bytes of an address in this file.</param>
/// <param name="lengthSize">Bytes of a length in this file.</param>
internal sealed class Hdf5Blocks(VolumePath path, long fileLength, long userBlock, int offsetSize, int lengthSize)
{
    private const int PageBytes = 8192;
    private const long CacheBytes = 16L << 20;

    private readonly BoundedCache<long, byte[]> _pages = new(CacheBytes, static page => page.Length);
    private readonly BoundedCache<(ulong Address, long Length), byte[]> _blocks = new(CacheBytes, static block => block.Length + 64);

    public VolumePath Path => path;

    public int OffsetSize => offsetSize;

    public int LengthSize => lengthSize;

    /// <summary>The file's byte at an address, where <paramref name="length"/> bytes have to be.</summary>
    /// <exception cref="EmException">They lie outside the file.</exception>
    public long Locate(ulong address, long length)
    {
        var start = (UInt128)address + (ulong)userBlock;
        return length >= 0 && start + (ulong)length <= (ulong)fileLength
            ? (long)start
            : throw Corrupt(address, $"got {length} bytes at this address, expected them inside the file of {fileLength}.");
    }

    /// <summary>The bytes at an address. Shared: not to be written to.</summary>
    /// <exception cref="EmException">They lie outside the file.</exception>
    public ValueTask<byte[]> ReadAsync(ulong address, long length, CancellationToken cancellation)
    {
        Locate(address, length);
        if (length > Array.MaxLength)
            throw Corrupt(address, $"got a block of {length} bytes, expected less than 2 GiB.");
        return _blocks.GetAsync((address, length), (key, token) => CutAsync(Locate(key.Address, key.Length), (int)key.Length, token), cancellation);
    }

    /// <summary>The error for a block that is not what it should be.</summary>
    public EmException Corrupt(ulong address, string problem) => EmException.Corrupt($"{path} at byte {(UInt128)address + (ulong)userBlock}", problem);

    private async Task<byte[]> CutAsync(long start, int length, CancellationToken cancellation)
    {
        var bytes = new byte[length];
        if (length >= PageBytes)
        {
            await FillAsync(start, bytes, cancellation);
            return bytes;
        }

        for (var done = 0; done < length;)
        {
            var number = (start + done) / PageBytes;
            var page = await _pages.GetAsync(number, LoadPageAsync, cancellation);
            var within = (int)((start + done) % PageBytes);
            var count = Math.Min(page.Length - within, length - done);
            page.AsSpan(within, count).CopyTo(bytes.AsSpan(done));
            done += count;
        }

        return bytes;
    }

    private async Task<byte[]> LoadPageAsync(long number, CancellationToken cancellation)
    {
        var start = number * PageBytes;
        var page = new byte[Math.Min(PageBytes, fileLength - start)];
        await FillAsync(start, page, cancellation);
        return page;
    }

    private async Task FillAsync(long start, byte[] bytes, CancellationToken cancellation)
    {
        try
        {
            if (!await path.Store.ReadAsync(path.Key, start, bytes, cancellation))
                throw EmException.Unavailable(path.ToString(), "got no file where there was one a moment ago. Run again.");
        }
        catch (EndOfStreamException e)
        {
            throw EmException.Corrupt(path.ToString(), $"{e.Message} Fetch it again.", e);
        }
    }
}
