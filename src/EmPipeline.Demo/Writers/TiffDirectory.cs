using System.Buffers.Binary;

namespace EmPipeline.Demo.Writers;

/// <summary>The entries of one classic TIFF image file directory, in either byte order.</summary>
internal sealed class TiffDirectory(bool bigEndian)
{
    public const ushort Ascii = 2;
    public const ushort Short = 3;
    public const ushort Long = 4;
    public const ushort Rational = 5;

    private readonly List<byte[]> _entries = [];

    /// <summary>Bytes of a directory of this many entries.</summary>
    public static int SizeOf(int entries) => 2 + (12 * entries) + 4;

    /// <summary>Adds an entry whose value fits, or whose value is an offset to where it stands.</summary>
    /// <param name="count">Number of values of <paramref name="type"/>.</param>
    /// <param name="value">One value, or the offset. A Short alone stands in the first two bytes of the field.</param>
    public TiffDirectory Add(ushort tag, ushort type, uint count, uint value)
    {
        var entry = new byte[12];
        Put16(entry, tag);
        Put16(entry.AsSpan(2), type);
        Put32(entry.AsSpan(4), count);
        if (type == Short && count == 1)
            Put16(entry.AsSpan(8), (ushort)value);
        else
            Put32(entry.AsSpan(8), value);
        _entries.Add(entry);
        return this;
    }

    /// <summary>Adds two Shorts, which fit the field together.</summary>
    public TiffDirectory AddPair(ushort tag, ushort first, ushort second)
    {
        Add(tag, Short, 2, 0);
        Put16(_entries[^1].AsSpan(8), first);
        Put16(_entries[^1].AsSpan(10), second);
        return this;
    }

    /// <summary>The directory's bytes, with the offset of the next one (0: none).</summary>
    public byte[] ToBytes(uint next)
    {
        var bytes = new byte[SizeOf(_entries.Count)];
        Put16(bytes, (ushort)_entries.Count);
        for (var i = 0; i < _entries.Count; i++)
            _entries[i].CopyTo(bytes, 2 + (12 * i));
        Put32(bytes.AsSpan(bytes.Length - 4), next);
        return bytes;
    }

    private void Put16(Span<byte> target, ushort value)
    {
        if (bigEndian)
            BinaryPrimitives.WriteUInt16BigEndian(target, value);
        else
            BinaryPrimitives.WriteUInt16LittleEndian(target, value);
    }

    private void Put32(Span<byte> target, uint value)
    {
        if (bigEndian)
            BinaryPrimitives.WriteUInt32BigEndian(target, value);
        else
            BinaryPrimitives.WriteUInt32LittleEndian(target, value);
    }
}
