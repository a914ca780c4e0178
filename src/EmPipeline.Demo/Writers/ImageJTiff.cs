using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace EmPipeline.Demo.Writers;

/// <summary>
/// An 8-bit stack laid out as ImageJ 1.52 saves one: big-endian, the first directory at byte 8, then the description and resolutions,
/// then all planes without gaps, one strip each, then the other directories. There is no Compression tag, as in those versions.
/// </summary>
internal static class ImageJTiff
{
    private const int EntryCount = 13;

    /// <param name="voxels">z, y, x.</param>
    /// <param name="voxelMicrometres">Edge of a cubic voxel; a divisor of 1 µm.</param>
    /// <param name="min">Display range, as the description states it.</param>
    public static byte[] Encode(ReadOnlySpan<byte> voxels, int depth, int height, int width, decimal voxelMicrometres, byte min, byte max)
    {
        // ImageJ writes the micro sign as these six characters.
        var description = Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"ImageJ=1.52p\nimages={depth}\nslices={depth}\nunit=\\u00B5m\nspacing={voxelMicrometres}\nloop=false\nmin={min}.0\nmax={max}.0\n\0"));
        var descriptionAt = 8 + TiffDirectory.SizeOf(EntryCount);
        var resolutionAt = descriptionAt + description.Length;
        var pixelsAt = resolutionAt + 16;
        var plane = height * width;
        var restAt = pixelsAt + (depth * plane);

        var file = new byte[restAt + ((depth - 1) * TiffDirectory.SizeOf(EntryCount))];
        ReadOnlySpan<byte> header = [(byte)'M', (byte)'M', 0, 42, 0, 0, 0, 8];
        header.CopyTo(file);
        description.CopyTo(file, descriptionAt);
        for (var i = 0; i < 2; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(resolutionAt + (8 * i)), (int)(1_000_000 / voxelMicrometres));
            BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(resolutionAt + (8 * i) + 4), 1_000_000);
        }

        voxels.CopyTo(file.AsSpan(pixelsAt));
        for (var z = 0; z < depth; z++)
        {
            var next = z == depth - 1 ? 0 : restAt + (z * TiffDirectory.SizeOf(EntryCount));
            var at = z == 0 ? 8 : restAt + ((z - 1) * TiffDirectory.SizeOf(EntryCount));
            new TiffDirectory(bigEndian: true)
                .Add(254, TiffDirectory.Long, 1, 0)
                .Add(256, TiffDirectory.Long, 1, (uint)width)
                .Add(257, TiffDirectory.Long, 1, (uint)height)
                .Add(258, TiffDirectory.Short, 1, 8)
                .Add(262, TiffDirectory.Short, 1, 1)
                .Add(270, TiffDirectory.Ascii, (uint)description.Length, (uint)descriptionAt)
                .Add(273, TiffDirectory.Long, 1, (uint)(pixelsAt + (z * plane)))
                .Add(277, TiffDirectory.Short, 1, 1)
                .Add(278, TiffDirectory.Short, 1, (uint)height)
                .Add(279, TiffDirectory.Long, 1, (uint)plane)
                .Add(282, TiffDirectory.Rational, 1, (uint)resolutionAt)
                .Add(283, TiffDirectory.Rational, 1, (uint)resolutionAt + 8)
                .Add(296, TiffDirectory.Short, 1, 1)
                .ToBytes((uint)next)
                .CopyTo(file, at);
        }

        return file;
    }
}
