using System.Buffers.Binary;
using System.Text;

namespace EmPipeline.Torch.Tests.Runtime;

/// <summary>The least that a 64-bit ELF library needs to ask for versions: a header, a string table, a version table, section headers.</summary>
internal static class SmallElf
{
    public static byte[] Make()
    {
        var names = new MemoryStream();
        uint Name(string text)
        {
            var at = (uint)names.Position;
            names.Write(Encoding.ASCII.GetBytes(text + "\0"));
            return at;
        }

        names.WriteByte(0);
        var needs = new byte[80];
        Need(needs, 0, count: 2, Name("libstdc++.so.6"), first: 16, next: 48);
        Version(needs, 16, flags: 0, Name("GLIBCXX_3.4.32"), next: 16);
        Version(needs, 32, flags: 0, Name("GLIBCXX_3.4.21"), next: 0);
        Need(needs, 48, count: 1, Name("libc.so.6"), first: 16, next: 0);
        Version(needs, 64, flags: 2, Name("GLIBC_2.34"), next: 0);

        var strings = names.ToArray();
        var image = new byte[64 + 80 + 128 + (3 * 64)];
        new byte[] { 0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1 }.CopyTo(image, 0);
        BinaryPrimitives.WriteUInt64LittleEndian(image.AsSpan(0x28), 272);
        BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan(0x3a), 64);
        BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan(0x3c), 3);
        needs.CopyTo(image, 64);
        strings.CopyTo(image, 144);
        Section(image, 1, type: 3, offset: 144, size: (uint)strings.Length, link: 0, info: 0);
        Section(image, 2, type: 0x6ffffffe, offset: 64, size: 80, link: 1, info: 2);
        return image;
    }

    private static void Section(byte[] image, int index, uint type, uint offset, uint size, uint link, uint info)
    {
        var header = image.AsSpan(272 + (index * 64));
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], type);
        BinaryPrimitives.WriteUInt64LittleEndian(header[24..], offset);
        BinaryPrimitives.WriteUInt64LittleEndian(header[32..], size);
        BinaryPrimitives.WriteUInt32LittleEndian(header[40..], link);
        BinaryPrimitives.WriteUInt32LittleEndian(header[44..], info);
    }

    private static void Need(byte[] table, int at, ushort count, uint name, uint first, uint next)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(table.AsSpan(at), 1);
        BinaryPrimitives.WriteUInt16LittleEndian(table.AsSpan(at + 2), count);
        BinaryPrimitives.WriteUInt32LittleEndian(table.AsSpan(at + 4), name);
        BinaryPrimitives.WriteUInt32LittleEndian(table.AsSpan(at + 8), first);
        BinaryPrimitives.WriteUInt32LittleEndian(table.AsSpan(at + 12), next);
    }

    private static void Version(byte[] table, int at, ushort flags, uint name, uint next)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(table.AsSpan(at + 4), flags);
        BinaryPrimitives.WriteUInt32LittleEndian(table.AsSpan(at + 8), name);
        BinaryPrimitives.WriteUInt32LittleEndian(table.AsSpan(at + 12), next);
    }
}
