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
        var (means, drawn, sums) = (new float[height * width], new double[height * width], default(SectionPart));
        var drawnAt = SectionPart.HeaderLength + (grid.Rows * grid.Columns * grid.MeanLength);
        var (rowsOfPart, columnsOfPart) = ((int)(level.Part[1] / patch), (int)(level.Part[2] / patch));
        for (var i = 0; i < records.Count; i++)
        {
            var record = records[i].Span;
            sums.Add(SectionPart.Read(record));
            var (top, left) = (i / (int)level.PartGrid[2] * rowsOfPart, i % (int)level.PartGrid[2] * columnsOfPart);
            var columns = Math.Min(columnsOfPart, width - left);
            for (var row = 0; row < Math.Min(rowsOfPart, height - top); row++)
            {
                var (to, number) = (((top + row) * width) + left, row * grid.Columns);
                ReadMeans(grid, record[(SectionPart.HeaderLength + (number * grid.MeanLength))..], means.AsSpan(to, Math.Max(0, columns)));
                ReadDrawn(grid.Type, record[(drawnAt + (number * grid.Type.Size()))..], drawn.AsSpan(to, Math.Max(0, columns)));
            }
        }

        return new SectionImage(sums, means, Sorted(drawn, grid.Type), height, width);

        // A last single row or column is not looked at.
        int Patches(long voxels) => (int)(((voxels & ~1L) + patch - 1) / patch);
    }

    private static void ReadMeans(SectionGrid grid, ReadOnlySpan<byte> bytes, Span<float> means)
    {
        if (grid.MeanLength == sizeof(float))
        {
            MemoryMarshal.Cast<byte, float>(bytes)[..means.Length].CopyTo(means);
            return;
        }

        var parts = MemoryMarshal.Cast<byte, ushort>(bytes);
        var less = grid.Type == VoxelType.Int8 ? 128 : 0;
        for (var i = 0; i < means.Length; i++)
            means[i] = (parts[i] / 256f) - less;
    }

    private static void ReadDrawn(VoxelType type, ReadOnlySpan<byte> bytes, Span<double> drawn)
    {
        var size = type.Size();
        for (var i = 0; i < drawn.Length; i++)
            drawn[i] = size == 1 && type != VoxelType.Int8 ? bytes[i] : Value(type, bytes[(i * size)..]);
    }

    /// <summary>Those that are finite numbers, in order.</summary>
    private static double[] Sorted(double[] drawn, VoxelType type)
    {
        if (type.Size() > 1)
        {
            drawn = Array.FindAll(drawn, double.IsFinite);
            Array.Sort(drawn);
            return drawn;
        }

        Span<int> counts = stackalloc int[256];
        counts.Clear();
        foreach (var value in drawn)
            counts[((int)value + 128) & 255]++;
        var (at, least) = (0, type == VoxelType.Int8 ? -128 : 0);
        for (var value = least; value < least + 256; value++)
        {
            drawn.AsSpan(at, counts[(value + 128) & 255]).Fill(value);
            at += counts[(value + 128) & 255];
        }

        return drawn;
    }

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
