using System.Buffers;

namespace EmPipeline.Storage;

/// <summary>What is kept of one version of an object.</summary>
internal readonly struct ObjectPages(PagedObject paged, MemoryPages? memory, DiskPages? disk)
{
    private const int Page = PageCache.PageLength;

    /// <summary>Fills in what is there.</summary>
    /// <returns>The whole pages, from the first that is missing to the last, which have to be fetched; null where none is. And the bytes that were there.</returns>
    public ((long Start, long End)? Missing, long Cached) Read(long offset, Span<byte> buffer)
    {
        var (first, last) = (offset / Page, (offset + buffer.Length - 1) / Page);
        var (start, end, cached) = (-1L, -1L, 0L);
        for (var page = first; page <= last; page++)
        {
            var from = Math.Max(offset, page * Page);
            var to = Math.Min(offset + buffer.Length, (page + 1) * Page);
            if (Read(page, (int)(from - (page * Page)), buffer.Slice((int)(from - offset), (int)(to - from))))
            {
                cached += to - from;
                continue;
            }

            (start, end) = (start < 0 ? page : start, page + 1);
        }

        return start < 0 ? (null, cached) : ((start * Page, Math.Min(paged.Length, end * Page)), cached);
    }

    /// <param name="start">Where a page begins.</param>
    /// <param name="bytes">Whole pages.</param>
    public void Keep(long start, ReadOnlySpan<byte> bytes)
    {
        for (var page = start / Page; bytes.Length > 0; page++)
        {
            var own = bytes[..paged.LengthOf(page)];
            bytes = bytes[own.Length..];
            memory?.Keep(paged.Name, page, own);
            disk?.Keep(paged.Name, page, own);
        }
    }

    private bool Read(long page, int offset, Span<byte> part)
    {
        if (memory?.Read(paged.Name, page, offset, part) == true)
            return true;
        if (disk is null)
            return false;
        var length = paged.LengthOf(page);
        var rented = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            var whole = rented.AsSpan(0, length);
            if (!disk.Read(paged.Name, page, whole))
                return false;
            whole.Slice(offset, part.Length).CopyTo(part);
            memory?.Keep(paged.Name, page, whole);
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
