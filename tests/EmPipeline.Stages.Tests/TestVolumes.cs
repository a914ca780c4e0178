using System.Buffers.Binary;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Tests;

/// <summary>Small volumes of uint8 in which every voxel says where it is, and files that hold them.</summary>
internal static class TestVolumes
{
    /// <summary>Voxels in C order; another version differs everywhere.</summary>
    public static byte[] Make(NdIndex shape, int version = 0)
    {
        var voxels = new byte[shape.Volume];
        for (var i = 0; i < voxels.Length; i++)
            voxels[i] = (byte)(1 + (((i * 31) + (i / 251) + (version * 101)) % 251));
        return voxels;
    }

    /// <summary>The voxels of a box of a volume.</summary>
    public static byte[] Cut(byte[] volume, NdIndex shape, Box box)
    {
        var voxels = new byte[box.Volume];
        StridedCopy.Copy(volume, Box.Whole(shape), voxels, box, 1);
        return voxels;
    }

    /// <summary>An 8-bit TIFF of one strip a page.</summary>
    public static byte[] Tiff(byte[] voxels, NdIndex shape)
    {
        var (pages, rows, columns) = ((int)shape[0], (int)shape[1], (int)shape[2]);
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
            voxels.AsSpan(p * rows * columns, rows * columns).CopyTo(file.AsSpan(at + directory));
        }

        return file;
    }

    /// <summary>A folder of TIFF slices, "section_N.tif" without leading zeros.</summary>
    public static void WriteSlices(string folder, byte[] voxels, NdIndex shape)
    {
        Directory.CreateDirectory(folder);
        var slice = new NdIndex(1, shape[1], shape[2]);
        for (var z = 0; z < shape[0]; z++)
            File.WriteAllBytes(Path.Combine(folder, $"section_{z}.tif"), Tiff(voxels[(int)(z * slice.Volume)..(int)((z + 1) * slice.Volume)], slice));
    }
}
