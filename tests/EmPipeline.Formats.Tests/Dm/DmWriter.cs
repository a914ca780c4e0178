using System.Text;

namespace EmPipeline.Formats.Tests.Dm;

/// <summary>
/// Writes DM3 and DM4 files from a tree of tags, as the format's descriptions lay it out. Knows nothing of the reader.
/// A group is an array of (name, value); a value is a number, a text (written as UTF-16 units, as Gatan does), an array of numbers, an
/// array of doubles of a struct, or a group.
/// </summary>
internal sealed class DmWriter(int version, bool bigEndian)
{
    private readonly MemoryStream _stream = new();

    public static byte[] Write(int version, bool bigEndian, params (string Name, object Value)[] root)
    {
        var writer = new DmWriter(version, bigEndian);
        var body = writer.Group(root);
        writer.Structure(version, 4);
        writer.Structure(body.Length, version == 4 ? 8 : 4);
        writer.Structure(bigEndian ? 0 : 1, 4);
        writer._stream.Write(body);
        writer._stream.Write(new byte[8]);
        return writer._stream.ToArray();
    }

    /// <summary>A file with a thumbnail first and then images, as a microscope writes it.</summary>
    /// <param name="extra">More members of each image's entry.</param>
    public static byte[] Images(int version, bool bigEndian, params (string Name, object Value)[][] images) =>
        Write(
            version, bigEndian,
            ("ImageList", Unnamed([Image(DmTypes.Rgba, new byte[16], [2, 2], []), .. images])),
            ("ImageSourceList", Unnamed([("ImageRef", 1u)])),
            ("Thumbnails", Unnamed([("ImageIndex", 0u)])));

    public static (string Name, object Value)[] Image(
        int dataType, Array data, uint[] dimensions, (double Scale, string Units)[] calibrations, params (string Name, object Value)[] tags) =>
    [
        ("ImageData", new (string, object)[]
        {
            ("Calibrations", new (string, object)[]
            {
                ("Dimension", Unnamed([.. calibrations.Select(c => new (string, object)[] { ("Origin", 0f), ("Scale", (float)c.Scale), ("Units", c.Units) })])),
            }),
            ("Data", data),
            ("DataType", dataType),
            ("Dimensions", dimensions.Select(d => ("", (object)d)).ToArray()),
            ("PixelDepth", 1),
        }),
        ("ImageTags", tags),
        ("Name", "a name"),
    ];

    public static (string Name, object Value)[] Unnamed(params (string Name, object Value)[][] groups) => [.. groups.Select(group => ("", (object)group))];

    private byte[] Group((string Name, object Value)[] members)
    {
        var writer = new DmWriter(version, bigEndian);
        writer._stream.Write([1, 0]);
        writer.Count(members.Length);
        foreach (var (name, value) in members)
            writer.Tag(name, value);
        return writer._stream.ToArray();
    }

    private void Tag(string name, object value)
    {
        var group = value as (string, object)[];
        var body = group is not null ? Group(group) : Data(value);
        _stream.WriteByte((byte)(group is not null ? 20 : 21));
        var label = Encoding.Latin1.GetBytes(name);
        Structure(label.Length, 2);
        _stream.Write(label);
        if (version == 4)
            Structure(body.Length, 8);
        _stream.Write(body);
    }

    private byte[] Data(object value)
    {
        var writer = new DmWriter(version, bigEndian);
        writer._stream.Write("%%%%"u8);
        if (value is string text)
        {
            value = text.Select(c => (ushort)c).ToArray();
        }

        if (value is double[][] structs)
        {
            // An array of structs of floats of 64 bits.
            writer.Counts(3 + (2 * structs[0].Length) + 1, 20, 15, 0, structs[0].Length);
            foreach (var _ in structs[0])
                writer.Counts(0, 7);
            writer.Count(structs.Length);
            foreach (var number in structs.SelectMany(s => s))
                writer.Number(number);
        }
        else if (value is Array array)
        {
            writer.Counts(3, 20, TypeCode(array.GetType().GetElementType()!), array.Length);
            foreach (var number in array)
                writer.Number(number);
        }
        else
        {
            writer.Counts(1, TypeCode(value.GetType()));
            writer.Number(value);
        }

        return writer._stream.ToArray();
    }

    private static int TypeCode(Type type) => type.Name switch
    {
        nameof(Int16) => 2,
        nameof(Int32) => 3,
        nameof(UInt16) => 4,
        nameof(UInt32) => 5,
        nameof(Single) => 6,
        nameof(Double) => 7,
        nameof(Boolean) => 8,
        nameof(SByte) => 9,
        nameof(Byte) => 10,
        nameof(Int64) => 11,
        nameof(UInt64) => 12,
        _ => throw new ArgumentException(type.Name),
    };

    private void Counts(params int[] values) => Array.ForEach(values, value => Count(value));

    private void Count(long value) => Structure(value, version == 4 ? 8 : 4);

    private void Structure(long value, int bytes)
    {
        for (var i = bytes - 1; i >= 0; i--)
            _stream.WriteByte((byte)(value >> (8 * i)));
    }

    private void Number(object value)
    {
        byte[] bytes = value switch
        {
            short v => BitConverter.GetBytes(v),
            int v => BitConverter.GetBytes(v),
            ushort v => BitConverter.GetBytes(v),
            uint v => BitConverter.GetBytes(v),
            float v => BitConverter.GetBytes(v),
            double v => BitConverter.GetBytes(v),
            bool v => BitConverter.GetBytes(v),
            sbyte v => [(byte)v],
            byte v => [v],
            long v => BitConverter.GetBytes(v),
            ulong v => BitConverter.GetBytes(v),
            _ => throw new ArgumentException(value.GetType().Name),
        };
        if (bigEndian)
            Array.Reverse(bytes);
        _stream.Write(bytes);
    }
}
