using System.Buffers.Binary;

namespace EmPipeline.Formats.Tests.Mrc;

/// <summary>Writes MRC files field by field, at the offsets that MRC2014 gives. Knows nothing of the reader.</summary>
internal sealed class MrcBuilder
{
    private readonly byte[] _header = new byte[1024];
    private readonly bool _bigEndian;

    public MrcBuilder(int columns, int rows, int sections, int mode, bool bigEndian = false, bool stamp = true)
    {
        _bigEndian = bigEndian;
        Int(0, columns).Int(4, rows).Int(8, sections).Int(12, mode);
        Int(28, columns).Int(32, rows).Int(36, sections);
        Int(64, 1).Int(68, 2).Int(72, 3);
        if (stamp)
        {
            "MAP "u8.CopyTo(_header.AsSpan(208));
            _header[212] = _header[213] = (byte)(bigEndian ? 0x11 : 0x44);
        }
    }

    public MrcBuilder Int(int at, int value)
    {
        if (_bigEndian)
            BinaryPrimitives.WriteInt32BigEndian(_header.AsSpan(at), value);
        else
            BinaryPrimitives.WriteInt32LittleEndian(_header.AsSpan(at), value);
        return this;
    }

    public MrcBuilder Float(int at, float value) => Int(at, BitConverter.SingleToInt32Bits(value));

    public MrcBuilder Text(int at, string value)
    {
        System.Text.Encoding.ASCII.GetBytes(value, _header.AsSpan(at));
        return this;
    }

    /// <summary>The edges of the cell in Å.</summary>
    public MrcBuilder Cell(float x, float y, float z) => Float(40, x).Float(44, y).Float(48, z);

    public byte[] With(ReadOnlySpan<byte> data, ReadOnlySpan<byte> extended = default)
    {
        Int(92, extended.Length);
        return [.. _header, .. extended, .. data];
    }

    /// <summary>The bytes of numbers in this file's byte order.</summary>
    public byte[] Order<T>(T[] values)
        where T : unmanaged
    {
        var bytes = System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()).ToArray();
        var size = System.Runtime.CompilerServices.Unsafe.SizeOf<T>();
        for (var at = 0; _bigEndian && at < bytes.Length; at += size)
            Array.Reverse(bytes, at, size);
        return bytes;
    }
}
