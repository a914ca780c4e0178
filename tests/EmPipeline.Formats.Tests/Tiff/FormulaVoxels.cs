using System.Buffers.Binary;
using EmPipeline.Volumes;

namespace EmPipeline.Formats.Tests.Tiff;

/// <summary>The voxels of the fixtures of tests/data/tiff and tests/data/imagestack, by the formula of their scripts.</summary>
internal static class FormulaVoxels
{
    public const int Height = 37;
    public const int Width = 45;

    /// <summary>z, y, x, sample in C order, before they are cut to a type.</summary>
    public static IEnumerable<long> Values(int planes, int samples = 1)
    {
        for (var z = 0L; z < planes; z++)
        {
            for (var y = 0L; y < Height; y++)
            {
                for (var x = 0L; x < Width; x++)
                {
                    for (var c = 0; c < samples; c++)
                        yield return (7 * z * z) + (3 * y) + (5 * x) + (x * y / 4) + (40 * c);
                }
            }
        }
    }

    public static byte[] Of(VoxelType type, int planes = 1, int samples = 1) => [.. Values(planes, samples).SelectMany(value => Bytes(value, type))];

    /// <summary>Chunky samples (z, y, x, c) as planes (z, c, y, x).</summary>
    public static byte[] Planar(byte[] chunky, int planes, int samples, int size)
    {
        var planar = new byte[chunky.Length];
        var (pixels, to) = (Height * Width, 0);
        for (var z = 0; z < planes; z++)
        {
            for (var c = 0; c < samples; c++)
            {
                for (var i = 0; i < pixels; i++, to += size)
                    chunky.AsSpan((((z * pixels) + i) * samples * size) + (c * size), size).CopyTo(planar.AsSpan(to));
            }
        }

        return planar;
    }

    private static byte[] Bytes(long value, VoxelType type)
    {
        var bytes = new byte[type.Size()];
        switch (type)
        {
            case VoxelType.Boolean:
                bytes[0] = (byte)((value >> 3) & 1);
                break;
            case VoxelType.UInt8:
                bytes[0] = (byte)value;
                break;
            case VoxelType.Int8:
                bytes[0] = (byte)(value - 100);
                break;
            case VoxelType.UInt16:
                BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)(value * 131));
                break;
            case VoxelType.Int16:
                BinaryPrimitives.WriteInt16LittleEndian(bytes, (short)((value - 100) * 31));
                break;
            case VoxelType.UInt32:
                BinaryPrimitives.WriteUInt32LittleEndian(bytes, (uint)(value * 100003));
                break;
            case VoxelType.Int32:
                BinaryPrimitives.WriteInt32LittleEndian(bytes, (int)((value - 100) * 100003));
                break;
            case VoxelType.UInt64:
                BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)(value * 10000000019));
                break;
            case VoxelType.Int64:
                BinaryPrimitives.WriteInt64LittleEndian(bytes, (value - 100) * 10000000019);
                break;
            case VoxelType.Float16:
                BinaryPrimitives.WriteHalfLittleEndian(bytes, (Half)(value / 8.0));
                break;
            case VoxelType.Float32:
                BinaryPrimitives.WriteSingleLittleEndian(bytes, value / 8f);
                break;
            default:
                BinaryPrimitives.WriteDoubleLittleEndian(bytes, value / 8.0);
                break;
        }

        return bytes;
    }
}
