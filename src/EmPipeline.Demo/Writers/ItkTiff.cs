using System.Buffers.Binary;

namespace EmPipeline.Demo.Writers;

/// <summary>
/// An 8-bit stack laid out as InsightToolkit writes one through libtiff: little-endian, each page's strips of 4 rows followed by its
/// directory and then the directory's arrays; no resolution.
/// </summary>
internal static class ItkTiff
{
    private const int RowsPerStrip = 4;
    private const int EntryCount = 14;

    /// <param name="voxels">z, y, x.</param>
    public static byte[] Encode(ReadOnlySpan<byte> voxels, int depth, int height, int width)
    {
        var software = "InsightToolkit\0"u8;
        var (strips, plane) = ((height + RowsPerStrip - 1) / RowsPerStrip, height * width);
        using var file = new MemoryStream(voxels.Length + (depth * ((8 * strips) + 200)));
        file.Write([(byte)'I', (byte)'I', 42, 0, 0, 0, 0, 0]);
        var link = 4L;
        for (var z = 0; z < depth; z++)
        {
            var pixelsAt = (uint)file.Position;
            file.Write(voxels.Slice(z * plane, plane));
            // libtiff puts a directory at an even offset, but appends strips wherever the file ends.
            if ((file.Position & 1) == 1)
                file.WriteByte(0);
            var directoryAt = (uint)file.Position;
            var offsetsAt = directoryAt + (uint)TiffDirectory.SizeOf(EntryCount);
            var countsAt = offsetsAt + (uint)(4 * strips);
            file.Write(new TiffDirectory(bigEndian: false)
                .Add(254, TiffDirectory.Long, 1, 2)
                .Add(256, TiffDirectory.Short, 1, (uint)width)
                .Add(257, TiffDirectory.Short, 1, (uint)height)
                .Add(258, TiffDirectory.Short, 1, 8)
                .Add(259, TiffDirectory.Short, 1, 1)
                .Add(262, TiffDirectory.Short, 1, 1)
                .Add(273, TiffDirectory.Long, (uint)strips, offsetsAt)
                .Add(274, TiffDirectory.Short, 1, 1)
                .Add(277, TiffDirectory.Short, 1, 1)
                .Add(278, TiffDirectory.Short, 1, RowsPerStrip)
                .Add(279, TiffDirectory.Long, (uint)strips, countsAt)
                .Add(284, TiffDirectory.Short, 1, 1)
                .AddPair(297, (ushort)z, (ushort)depth)
                .Add(305, TiffDirectory.Ascii, (uint)software.Length, countsAt + (uint)(4 * strips))
                .ToBytes(next: 0));
            for (var i = 0; i < strips; i++)
                Write(file, pixelsAt + (uint)(i * RowsPerStrip * width));
            for (var i = 0; i < strips; i++)
                Write(file, (uint)(Math.Min(RowsPerStrip, height - (i * RowsPerStrip)) * width));
            file.Write(software);

            // The previous directory, or the header, now learns where this one is.
            file.Position = link;
            Write(file, directoryAt);
            file.Position = file.Length;
            link = offsetsAt - 4;
        }

        return file.ToArray();
    }

    private static void Write(Stream file, uint value)
    {
        Span<byte> word = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(word, value);
        file.Write(word);
    }
}
