using System.Buffers.Binary;
using EmPipeline.Volumes;

namespace EmPipeline.Benchmarks.Containers;

/// <summary>
/// Uncompressed 8-bit stacks, little-endian, in strips. Pages beyond the planes that there are point at the pixels of the first again: a
/// stack of any number of pages from a file that fits the page cache.
/// </summary>
internal static class TiffFiles
{
    private const int Tags = 10;
    private const ushort Short = 3, Long = 4;

    /// <param name="rows">Rows of a strip; the height for a strip a page.</param>
    public static Container Write(string folder, Voxels voxels, int rows, int pages)
    {
        var path = Path.Combine(folder, $"strips-of-{rows}-{pages}.tif");
        var (height, width) = ((int)voxels.Shape[1], (int)voxels.Shape[2]);
        var strips = height / rows;
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 8 << 20);
        file.Write([(byte)'I', (byte)'I', 42, 0]);
        var pixelsAt = 8L;
        var tablesAt = pixelsAt + voxels.Bytes.LongLength;
        var tableBytes = strips == 1 ? 0 : 8 * strips;
        var directoriesAt = tablesAt + (tableBytes * voxels.Shape[0]);
        Number(file, (uint)directoriesAt);
        file.Write(voxels.Bytes);
        for (var z = 0L; z < voxels.Shape[0] && strips > 1; z++)
        {
            for (var strip = 0; strip < strips; strip++)
                Number(file, (uint)(pixelsAt + (z * voxels.PlaneBytes) + ((long)strip * rows * width)));
            for (var strip = 0; strip < strips; strip++)
                Number(file, (uint)(rows * width));
        }

        var directoryBytes = 2 + (12 * Tags) + 4;
        for (var page = 0; page < pages; page++)
        {
            var z = page % voxels.Shape[0];
            var (offsets, counts) = strips == 1
                ? (pixelsAt + (z * voxels.PlaneBytes), voxels.PlaneBytes)
                : (tablesAt + (z * tableBytes), tablesAt + (z * tableBytes) + (4 * strips));
            file.Write([Tags, 0]);
            Tag(file, 254, Long, 1, 2);
            Tag(file, 256, Long, 1, (uint)width);
            Tag(file, 257, Long, 1, (uint)height);
            Tag(file, 258, Short, 1, 8);
            Tag(file, 259, Short, 1, 1);
            Tag(file, 262, Short, 1, 1);
            Tag(file, 273, Long, (uint)strips, (uint)offsets);
            Tag(file, 277, Short, 1, 1);
            Tag(file, 278, Long, 1, (uint)rows);
            Tag(file, 279, Long, (uint)strips, (uint)counts);
            Number(file, page == pages - 1 ? 0 : (uint)(directoriesAt + ((page + 1L) * directoryBytes)));
        }

        return new Container(path);
    }

    private static void Tag(Stream file, ushort tag, ushort type, uint count, uint value)
    {
        Span<byte> entry = stackalloc byte[12];
        BinaryPrimitives.WriteUInt16LittleEndian(entry, tag);
        BinaryPrimitives.WriteUInt16LittleEndian(entry[2..], type);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[4..], count);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[8..], value);
        file.Write(entry);
    }

    private static void Number(Stream file, uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        file.Write(bytes);
    }
}
