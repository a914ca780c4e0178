using System.Buffers.Binary;
using EmPipeline.Volumes;

namespace EmPipeline.Benchmarks.Containers;

/// <summary>MRC2014: a header, then the voxels.</summary>
internal static class MrcFile
{
    public const int HeaderBytes = 1024;

    /// <param name="times">How often the voxels follow each other along z.</param>
    public static Container Write(string folder, Voxels voxels, int times = 1)
    {
        var shape = new NdIndex(voxels.Shape[0] * times, voxels.Shape[1], voxels.Shape[2]);
        var path = Path.Combine(folder, $"{voxels.Type.Name()}-{shape[0]}.mrc");
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 8 << 20);
        file.Write(Header(shape, voxels.Type));
        for (var i = 0; i < times; i++)
            file.Write(voxels.Bytes);
        return new Container(path);
    }

    public static byte[] Header(NdIndex shape, VoxelType type)
    {
        var header = new byte[HeaderBytes];
        var mode = type switch { VoxelType.Int16 => 1, VoxelType.UInt16 => 6, _ => 0 };
        // Columns, rows, sections, mode; sampling; axes x, y, z.
        Put(0, (int)shape[2], (int)shape[1], (int)shape[0], mode);
        Put(28, (int)shape[2], (int)shape[1], (int)shape[0]);
        Put(64, 1, 2, 3);
        // A largest value above 127 says that bytes are unsigned.
        if (type == VoxelType.UInt8)
            BinaryPrimitives.WriteSingleLittleEndian(header.AsSpan(80), byte.MaxValue);
        "MAP "u8.CopyTo(header.AsSpan(208));
        header[212] = header[213] = 0x44;
        return header;

        void Put(int at, params int[] values)
        {
            foreach (var value in values)
            {
                BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(at), value);
                at += 4;
            }
        }
    }
}
