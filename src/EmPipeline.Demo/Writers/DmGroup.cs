using System.Buffers.Binary;
using System.Text;

namespace EmPipeline.Demo.Writers;

/// <summary>
/// A group of a DigitalMicrograph 3 tag tree, serialized as it is filled: tag structure big-endian, tag data little-endian.
/// </summary>
internal sealed class DmGroup
{
    private const byte GroupEntry = 20;
    private const byte DataEntry = 21;
    private const int Array = 20;
    private const int Struct = 15;

    private readonly MemoryStream _entries = new();
    private int _count;
    private bool _isList;

    /// <summary>Adds a group; an empty name makes it the next element of a list.</summary>
    public DmGroup Add(string name, DmGroup group)
    {
        Head(GroupEntry, name);
        group.WriteTo(_entries);
        return this;
    }

    public DmGroup Add(string name, int value) => Data(name, [3], BitConverter.GetBytes(value));

    public DmGroup Add(string name, float value) => Data(name, [6], BitConverter.GetBytes(value));

    public DmGroup Add(string name, double value) => Data(name, [7], BitConverter.GetBytes(value));

    public DmGroup Add(string name, bool value) => Data(name, [8], [value ? (byte)1 : (byte)0]);

    /// <summary>Text is an array of UTF-16 code units (type 4).</summary>
    public DmGroup Add(string name, string value) => Data(name, [Array, 4, value.Length], Encoding.Unicode.GetBytes(value));

    /// <summary>An array of one-byte (type 10) or four-byte (type 3) elements.</summary>
    public DmGroup AddArray(string name, byte[] data, int elementType)
    {
        var elementSize = elementType == 10 ? 1 : 4;
        return Data(name, [Array, elementType, data.Length / elementSize], data);
    }

    /// <summary>A structure of <paramref name="fieldCount"/> unnamed fields of one type.</summary>
    public DmGroup AddStruct(string name, int fieldType, int fieldCount, byte[] data) =>
        Data(name, [Struct, .. Fields(fieldType, fieldCount)], data);

    /// <summary>An array of <paramref name="length"/> such structures.</summary>
    public DmGroup AddStructArray(string name, int fieldType, int fieldCount, int length, byte[] data) =>
        Data(name, [Array, Struct, .. Fields(fieldType, fieldCount), length], data);

    /// <summary>The bytes of a whole file with this group as root.</summary>
    public byte[] ToFile()
    {
        using var file = new MemoryStream();
        Write(file, 3);
        Write(file, 0);
        // 1: tag data are little-endian.
        Write(file, 1);
        WriteTo(file);
        file.Write(new byte[8]);
        var bytes = file.ToArray();
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(4), bytes.Length - 16);
        return bytes;
    }

    private void WriteTo(Stream target)
    {
        // Groups of names are sorted, lists are not; all are closed.
        target.WriteByte(_isList ? (byte)0 : (byte)1);
        target.WriteByte(0);
        Write(target, _count);
        _entries.WriteTo(target);
    }

    private static int[] Fields(int type, int count)
    {
        // The structure's own name length, the number of fields, then each field's name length and type.
        var result = new int[2 + (2 * count)];
        result[1] = count;
        for (var i = 0; i < count; i++)
            result[3 + (2 * i)] = type;
        return result;
    }

    private DmGroup Data(string name, int[] info, byte[] data)
    {
        Head(DataEntry, name);
        _entries.Write("%%%%"u8);
        Write(_entries, info.Length);
        foreach (var word in info)
            Write(_entries, word);
        _entries.Write(data);
        return this;
    }

    private void Head(byte kind, string name)
    {
        _count++;
        _isList |= name.Length == 0;
        var text = Encoding.Latin1.GetBytes(name);
        _entries.WriteByte(kind);
        _entries.WriteByte((byte)(text.Length >> 8));
        _entries.WriteByte((byte)text.Length);
        _entries.Write(text);
    }

    private static void Write(Stream target, int value)
    {
        Span<byte> word = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(word, value);
        target.Write(word);
    }
}
