using System.Buffers.Binary;
using EmPipeline.Zarr.Codecs;

namespace EmPipeline.Formats.Tests.Tiff;

/// <summary>
/// Writes little TIFF files by hand, byte by byte, for what no library writes: odd sample sizes, damage, headers of files that are too large to make.
/// </summary>
internal sealed class TiffBuilder(bool big = false, bool bigEndian = false)
{
    private readonly List<(ushort Tag, ushort Type, long Count, byte[] Value)> _tags = [];

    public const ushort Short = 3;
    public const ushort Long = 4;
    public const ushort Long8 = 16;

    private int OffsetSize => big ? 8 : 4;

    public TiffBuilder Tag(ushort tag, ushort type, params long[] values)
    {
        _tags.Add((tag, type, values.Length, [.. values.SelectMany(value => Number(value, type switch { Short => 2, Long8 => 8, Long => 4, _ => 1 }))]));
        return this;
    }

    public TiffBuilder Text(ushort tag, string text)
    {
        byte[] bytes = [.. System.Text.Encoding.Latin1.GetBytes(text), 0];
        _tags.Add((tag, 2, bytes.Length, bytes));
        return this;
    }

    /// <summary>A tag that claims <paramref name="count"/> values at <paramref name="offset"/>, whatever is there.</summary>
    public TiffBuilder Claim(ushort tag, ushort type, long count, long offset)
    {
        _tags.Add((tag, type, count, Number(offset, OffsetSize)));
        return this;
    }

    /// <summary>One gray page of one strip.</summary>
    public TiffBuilder Gray(long width, long height, int bits, long offset, long length, int sampleFormat = 1) => this
        .Tag(256, Long, width).Tag(257, Long, height).Tag(258, Short, bits).Tag(259, Short, 1).Tag(262, Short, 1)
        .Tag(273, big ? Long8 : Long, offset).Tag(277, Short, 1).Tag(278, Long, height).Tag(279, big ? Long8 : Long, length).Tag(339, Short, sampleFormat);

    /// <summary>The header, for a first directory at <paramref name="directoryAt"/>.</summary>
    public byte[] Header(long directoryAt) => big
        ? [.. Order, .. Number(43, 2), .. Number(8, 2), .. Number(0, 2), .. Number(directoryAt, 8)]
        : [.. Order, .. Number(42, 2), .. Number(directoryAt, 4)];

    /// <summary>A directory that starts at <paramref name="at"/>, with what does not fit its entries behind it.</summary>
    public byte[] Directory(long at, long next = 0)
    {
        var tags = _tags.OrderBy(tag => tag.Tag).ToList();
        var outside = new List<byte>();
        var entries = new List<byte>(Number(tags.Count, big ? 8 : 2));
        var length = (big ? 8 : 2) + (tags.Count * (big ? 20 : 12)) + OffsetSize;
        foreach (var (tag, type, count, value) in tags)
        {
            entries.AddRange([.. Number(tag, 2), .. Number(type, 2), .. Number(count, OffsetSize)]);
            if (value.Length <= OffsetSize)
            {
                entries.AddRange([.. value, .. new byte[OffsetSize - value.Length]]);
            }
            else
            {
                entries.AddRange(Number(at + length + outside.Count, OffsetSize));
                outside.AddRange(value);
            }
        }

        return [.. entries, .. Number(next, OffsetSize), .. outside];
    }

    /// <summary>Header, pixels, directory.</summary>
    public byte[] File(byte[] pixels)
    {
        var header = Header(HeaderLength + pixels.Length);
        return [.. header, .. pixels, .. Directory(HeaderLength + pixels.Length)];
    }

    public int HeaderLength => big ? 16 : 8;

    private byte[] Order => bigEndian ? "MM"u8.ToArray() : "II"u8.ToArray();

    private byte[] Number(long value, int size)
    {
        var bytes = new byte[8];
        if (bigEndian)
            BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        else
            BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return bigEndian ? bytes[(8 - size)..] : bytes[..size];
    }
}
