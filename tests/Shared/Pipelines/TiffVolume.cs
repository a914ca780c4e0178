using System.Buffers.Binary;

namespace EmPipeline.Tests.Pipelines;

/// <summary>A small 8-bit TIFF of one strip a page, as little as a reader needs.</summary>
public static class TiffVolume
{
    /// <summary>One of random voxels.</summary>
    /// <param name="seed">Another seed gives other voxels.</param>
    public static byte[] Make(int pages, int rows, int columns, int seed = 1)
    {
        var voxels = new byte[pages * rows * columns];
        new Random(seed).NextBytes(voxels);
        return Of(voxels, pages, rows, columns);
    }

    /// <summary>One of these voxels, in C order.</summary>
    public static byte[] Of(ReadOnlySpan<byte> voxels, int pages, int rows, int columns)
    {
        (ushort Tag, ushort Type, uint Value)[] Tags(uint strip) =>
        [
            (256, 4, (uint)columns), (257, 4, (uint)rows), (258, 3, 8), (259, 3, 1), (262, 3, 1), (273, 4, strip), (277, 3, 1), (278, 4, (uint)rows),
            (279, 4, (uint)(rows * columns)),
        ];
        var directory = 2 + (Tags(0).Length * 12) + 4;
        var page = directory + (rows * columns);
        var file = new byte[8 + (pages * page)];
        "II*\0"u8.CopyTo(file);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(4), 8);
        for (var p = 0; p < pages; p++)
        {
            var at = 8 + (p * page);
            var tags = Tags((uint)(at + directory));
            BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(at), (ushort)tags.Length);
            for (var t = 0; t < tags.Length; t++)
            {
                var entry = file.AsSpan(at + 2 + (t * 12));
                BinaryPrimitives.WriteUInt16LittleEndian(entry, tags[t].Tag);
                BinaryPrimitives.WriteUInt16LittleEndian(entry[2..], tags[t].Type);
                BinaryPrimitives.WriteUInt32LittleEndian(entry[4..], 1);
                BinaryPrimitives.WriteUInt32LittleEndian(entry[8..], tags[t].Value);
            }

            BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(at + directory - 4), p == pages - 1 ? 0 : (uint)(at + page));
            voxels.Slice(p * rows * columns, rows * columns).CopyTo(file.AsSpan(at + directory));
        }

        return file;
    }
}
