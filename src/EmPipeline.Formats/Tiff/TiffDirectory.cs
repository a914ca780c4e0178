using EmPipeline.Volumes;

namespace EmPipeline.Formats.Tiff;

/// <summary>
/// One image file directory: its entries as stored, looked up when asked for. Values that fit their entry are answered from it, others are
/// read from the file. A stack may have a million directories: one that is kept is <see cref="Unloaded"/>, and reads its entries again when asked.
/// </summary>
/// <param name="length">Bytes of the entries, without the count before and the link behind them.</param>
/// <param name="entries">These bytes; null for a directory that does not hold them.</param>
/// <param name="parent">The directory whose tag SubIFDs points here; null in the main chain.</param>
internal sealed class TiffDirectory(TiffFile file, int index, long offset, int length, byte[]? entries, TiffDirectory? parent = null)
{
    // Strips of one row of the tallest image that there may be; the numbers become eight bytes each.
    private const long MostNumbers = 1 << 26;

    public TiffFile File { get; } = file;

    /// <summary>Its position in the chain, or in its parent's list, from 0.</summary>
    public int Index { get; } = index;

    /// <summary>The file and this directory, for messages.</summary>
    public string Place => $"{File.Place} {Name}";

    /// <summary>"page 3", "page 3 sub-directory 0".</summary>
    public string Name => parent is null ? $"page {Index}" : $"{parent.Name} sub-directory {Index}";

    private TiffHeader Header => File.Header;

    /// <summary>The same without its entries' bytes.</summary>
    public TiffDirectory Unloaded() => new(File, Index, offset, length, null, parent?.Unloaded());

    /// <summary>The same with its entries' bytes, for who asks for many.</summary>
    public async ValueTask<TiffDirectory> LoadedAsync(CancellationToken cancellation) =>
        entries is not null ? this : new TiffDirectory(File, Index, offset, length, await StoredEntriesAsync(cancellation), parent);

    public async ValueTask<bool> HasAsync(TiffTag tag, CancellationToken cancellation) => await FindAsync(tag, cancellation) is not null;

    /// <summary>The entry of this tag; null when there is none or its type is not one of TIFF's.</summary>
    public async ValueTask<TiffEntry?> FindAsync(TiffTag tag, CancellationToken cancellation) => Find(await StoredEntriesAsync(cancellation), tag);

    /// <summary>All entries in the file's order, those of types that TIFF does not define too.</summary>
    public async ValueTask<IReadOnlyList<TiffEntry>> EntriesAsync(CancellationToken cancellation)
    {
        var bytes = await StoredEntriesAsync(cancellation);
        var all = new TiffEntry[bytes.Length / Header.EntrySize];
        for (var i = 0; i < all.Length; i++)
            all[i] = EntryAt(bytes, i * Header.EntrySize);
        return all;
    }

    private TiffEntry? Find(byte[] entries, TiffTag tag)
    {
        for (var position = 0; position < entries.Length; position += Header.EntrySize)
        {
            if (Header.UInt16(entries.AsSpan(position)) == (ushort)tag)
                return EntryAt(entries, position) is var entry && entry.Type.Size() == 0 ? null : entry;
        }

        return null;
    }

    private TiffEntry EntryAt(byte[] entries, int position)
    {
        var entry = entries.AsSpan(position, Header.EntrySize);
        var (tag, type) = ((TiffTag)Header.UInt16(entry), (TiffFieldType)Header.UInt16(entry[2..]));
        var count = Header.Offset(entry[4..]);
        var valueAt = 4 + Header.OffsetSize;
        if (count > File.Length && type.Size() > 0)
            throw EmException.Corrupt($"{Place} tag {(int)tag}", $"got a count of {count}, expected at most the file's {File.Length} bytes.");
        var inline = count * type.Size() <= Header.OffsetSize;
        return new TiffEntry(tag, type, count, inline ? EntriesOffset + position + valueAt : Header.Offset(entry[valueAt..]));
    }

    /// <summary>One unsigned number; <paramref name="missing"/> when the tag is absent.</summary>
    public async ValueTask<long> NumberAsync(TiffTag tag, long missing, CancellationToken cancellation)
    {
        if (await FindAsync(tag, cancellation) is not { Count: > 0 } entry)
            return missing;
        // Of an array (BitsPerSample of RGB) the first; TiffPage checks the others.
        var first = new long[1];
        await NumbersAsync(entry with { Count = 1 }, first, cancellation);
        return first[0];
    }

    /// <summary>All of the tag's numbers; null when it is absent.</summary>
    public async ValueTask<long[]?> NumbersAsync(TiffTag tag, CancellationToken cancellation)
    {
        if (await FindAsync(tag, cancellation) is not { } entry)
            return null;
        File.CheckInside(entry.ValueOffset, entry.ByteLength, $"tag {(int)tag}");
        if (entry.Count > MostNumbers)
            throw EmException.Unsupported($"{Place} tag {(int)tag}", $"a table of {entry.Count} numbers");
        var numbers = new long[entry.Count];
        await NumbersAsync(entry, numbers, cancellation);
        return numbers;
    }

    /// <summary>The tag's numbers as floating point (fractions divided out); null when it is absent or text.</summary>
    public async ValueTask<double[]?> DoublesAsync(TiffTag tag, CancellationToken cancellation)
    {
        if (await FindAsync(tag, cancellation) is not { } entry || entry.Type is TiffFieldType.Ascii or TiffFieldType.Undefined)
            return null;
        return await DoublesAsync(entry, cancellation);
    }

    /// <summary>The numbers of one of its entries; bytes of no stated meaning as bytes.</summary>
    public async ValueTask<double[]> DoublesAsync(TiffEntry entry, CancellationToken cancellation)
    {
        var (bytes, size) = (await BytesAsync(entry, cancellation), entry.Type.Size());
        var values = new double[entry.Count];
        for (var i = 0; i < values.Length; i++)
        {
            var at = bytes.AsSpan(i * size, size);
            values[i] = entry.Type switch
            {
                TiffFieldType.Undefined => at[0],
                TiffFieldType.Rational => (double)Header.UInt32(at) / Header.UInt32(at[4..]),
                TiffFieldType.SRational => (double)(int)Header.UInt32(at) / (int)Header.UInt32(at[4..]),
                TiffFieldType.Float => BitConverter.UInt32BitsToSingle(Header.UInt32(at)),
                TiffFieldType.Double => BitConverter.UInt64BitsToDouble(Header.UInt64(at)),
                _ => Number(entry.Type, at),
            };
        }

        return values;
    }

    /// <summary>Text up to its closing NUL: UTF-8 where it is valid, else Latin-1; null when the tag is absent.</summary>
    public async ValueTask<string?> TextAsync(TiffTag tag, CancellationToken cancellation)
    {
        return await FindAsync(tag, cancellation) is { } entry ? await TextAsync(entry, cancellation) : null;
    }

    /// <summary>The text of one of its entries, as of a tag.</summary>
    public async ValueTask<string> TextAsync(TiffEntry entry, CancellationToken cancellation)
    {
        var bytes = await BytesAsync(entry, cancellation);
        var end = Array.IndexOf(bytes, (byte)0);
        return TiffText.Decode(end < 0 ? bytes : bytes.AsSpan(0, end));
    }

    /// <summary>The value's bytes as stored; null when the tag is absent.</summary>
    public async ValueTask<byte[]?> BytesAsync(TiffTag tag, CancellationToken cancellation) =>
        await FindAsync(tag, cancellation) is { } entry ? await BytesAsync(entry, cancellation) : null;

    private long EntriesOffset => offset + (Header.Big ? 8 : 2);

    /// <summary>The bytes of one of its entries, as stored.</summary>
    public async ValueTask<byte[]> BytesAsync(TiffEntry entry, CancellationToken cancellation)
    {
        var within = entry.ValueOffset - EntriesOffset;
        if (entries is not null && within >= 0 && within + entry.ByteLength <= length)
            return entries.AsSpan((int)within, (int)entry.ByteLength).ToArray();
        return await File.ValueAsync(entry, cancellation);
    }

    private async ValueTask<byte[]> StoredEntriesAsync(CancellationToken cancellation)
    {
        if (entries is not null)
            return entries;
        var bytes = new byte[length];
        await File.ReadAsync(EntriesOffset, bytes, cancellation);
        return bytes;
    }

    private async ValueTask NumbersAsync(TiffEntry entry, long[] numbers, CancellationToken cancellation)
    {
        var (bytes, size) = (await BytesAsync(entry, cancellation), entry.Type.Size());
        for (var i = 0; i < numbers.Length; i++)
            numbers[i] = Number(entry.Type, bytes.AsSpan(i * size, size));
    }

    private long Number(TiffFieldType type, ReadOnlySpan<byte> at) => type switch
    {
        TiffFieldType.Byte => at[0],
        TiffFieldType.SByte => (sbyte)at[0],
        TiffFieldType.Short => Header.UInt16(at),
        TiffFieldType.SShort => (short)Header.UInt16(at),
        TiffFieldType.Long or TiffFieldType.Ifd => Header.UInt32(at),
        TiffFieldType.SLong => (int)Header.UInt32(at),
        TiffFieldType.Long8 or TiffFieldType.SLong8 or TiffFieldType.Ifd8 => (long)Math.Min(Header.UInt64(at), long.MaxValue),
        _ => throw EmException.Corrupt(Place, $"got a tag of type {type}, expected a whole number."),
    };
}
