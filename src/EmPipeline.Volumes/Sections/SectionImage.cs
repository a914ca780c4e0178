using System.Buffers.Binary;
using System.Runtime.InteropServices;
using EmPipeline.Volumes.Kernels;
using EmPipeline.Volumes.Rechunk;

namespace EmPipeline.Volumes.Sections;

/// <summary>A section put together from its parts: its sums, its patches' means as a picture, and the voxels drawn from them.</summary>
internal sealed class SectionImage
{
    private SectionImage(SectionPart sums, float[] means, double[] drawn, int height, int width) =>
        (Sums, Means, Drawn, Height, Width) = (sums, means, drawn, height, width);

    public SectionPart Sums { get; }

    /// <summary>C order; NaN where no voxel of a patch is a finite number.</summary>
    public float[] Means { get; }

    /// <summary>The drawn voxels that are finite numbers, sorted.</summary>
    public double[] Drawn { get; }

    public int Height { get; }

    public int Width { get; }

    /// <param name="records">Of each part of a layer of parts, y then x.</param>
    public static SectionImage Of(SectionGrid grid, IReadOnlyList<ReadOnlyMemory<byte>> records)
    {
        var (level, patch) = (grid.Level, grid.Patch);
        var (height, width) = (Patches(level.Shape[1]), Patches(level.Shape[2]));
        var means = new float[height * width];
        var drawn = new double[height * width];
        var (sums, count) = (default(SectionPart), 0);
        var (meansAt, size) = (SectionPart.HeaderLength, grid.Type.Size());
        var drawnAt = meansAt + (grid.Rows * grid.Columns * grid.MeanLength);
        var (rowsOfPart, columnsOfPart) = ((int)(level.Part[1] / patch), (int)(level.Part[2] / patch));
        for (var i = 0; i < records.Count; i++)
        {
            var record = records[i].Span;
            sums.Add(SectionPart.Read(record));
            var (top, left) = (i / (int)level.PartGrid[2] * rowsOfPart, i % (int)level.PartGrid[2] * columnsOfPart);
            for (var row = 0; row < Math.Min(rowsOfPart, height - top); row++)
            {
                for (var column = 0; column < Math.Min(columnsOfPart, width - left); column++)
                {
                    var number = (row * grid.Columns) + column;
                    means[((top + row) * width) + left + column] = Mean(grid, record[(meansAt + (number * grid.MeanLength))..]);
                    var value = Value(grid.Type, record[(drawnAt + (number * size))..]);
                    if (double.IsFinite(value))
                        drawn[count++] = value;
                }
            }
        }

        Array.Resize(ref drawn, count);
        Array.Sort(drawn);
        return new SectionImage(sums, means, drawn, height, width);

        // A last single row or column is not looked at.
        int Patches(long voxels) => (int)(((voxels & ~1L) + patch - 1) / patch);
    }

    private static float Mean(SectionGrid grid, ReadOnlySpan<byte> bytes) => grid.MeanLength == sizeof(ushort)
        ? (BinaryPrimitives.ReadUInt16LittleEndian(bytes) / 256f) - (grid.Type == VoxelType.Int8 ? 128 : 0)
        : BinaryPrimitives.ReadSingleLittleEndian(bytes);

    private static double Value(VoxelType type, ReadOnlySpan<byte> bytes) => type switch
    {
        VoxelType.Int8 => (sbyte)bytes[0],
        VoxelType.Int16 => MemoryMarshal.Read<short>(bytes),
        VoxelType.UInt16 => MemoryMarshal.Read<ushort>(bytes),
        VoxelType.Int32 => MemoryMarshal.Read<int>(bytes),
        VoxelType.UInt32 => MemoryMarshal.Read<uint>(bytes),
        VoxelType.Int64 => MemoryMarshal.Read<long>(bytes),
        VoxelType.UInt64 => MemoryMarshal.Read<ulong>(bytes),
        VoxelType.Float16 => (double)MemoryMarshal.Read<Half>(bytes),
        VoxelType.Float32 => MemoryMarshal.Read<float>(bytes),
        VoxelType.Float64 => MemoryMarshal.Read<double>(bytes),
        _ => bytes[0],
    };
}
