using System.Buffers.Binary;
using EmPipeline.Volumes;

namespace EmPipeline.Benchmarks.Containers;

/// <summary>The benchmark's cube in memory, z, y, x, in one type; made once a type.</summary>
/// <param name="Bytes">C order, little-endian.</param>
internal sealed record Voxels(NdIndex Shape, VoxelType Type, byte[] Bytes)
{
    public int PlaneBytes => (int)(Shape[1] * Shape[2] * Type.Size());

    public double Megabytes => Bytes.Length / 1e6;

    /// <summary>FIB-25 in 8 bits as it is; signed: less 128; in 16 bits: less 128, times 64.</summary>
    public static Voxels Of(Content content, VoxelType type, int depth, int edge)
    {
        var bytes = new byte[(long)depth * edge * edge * type.Size()];
        var plane = edge * edge;
        Parallel.For(0, depth, z =>
        {
            var grey = new byte[plane];
            content.Plane(z, edge, edge, grey);
            var target = bytes.AsSpan(z * plane * type.Size(), plane * type.Size());
            for (var i = 0; i < plane; i++)
            {
                if (type == VoxelType.Int16)
                    BinaryPrimitives.WriteInt16LittleEndian(target[(2 * i)..], (short)((grey[i] - 128) << 6));
                else
                    target[i] = type == VoxelType.Int8 ? (byte)(grey[i] ^ 0x80) : grey[i];
            }
        });
        return new Voxels(new NdIndex(depth, edge, edge), type, bytes);
    }

    public ReadOnlyMemory<byte> Plane(int z) => Bytes.AsMemory(z * PlaneBytes, PlaneBytes);

    /// <summary>The voxels of cubes of <paramref name="edge"/>, in C order of the grid, each encoded, on all cores.</summary>
    public byte[][] Encode(int edge, Func<byte[], byte[]> encode)
    {
        var (whole, shape) = (Box.Whole(Shape), NdIndex.Filled(3, edge));
        var cells = whole.CellsTouched(shape).ToArray();
        var result = new byte[cells.Length][];
        Parallel.For(0, cells.Length, () => new byte[shape.Volume * Type.Size()], (i, _, chunk) =>
        {
            StridedCopy.Copy(Bytes, whole, chunk, new Box(cells[i] * shape, shape), Type.Size());
            result[i] = encode(chunk);
            return chunk;
        }, _ => { });
        return result;
    }

    /// <summary>The grid positions that <see cref="Encode"/> goes through, with each one's number.</summary>
    public IEnumerable<(int Number, NdIndex Cell)> Cells(int edge) => Box.Whole(Shape).CellsTouched(NdIndex.Filled(3, edge)).Index();
}
