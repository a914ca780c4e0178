using System.Runtime.InteropServices;
using CsCheck;
using EmPipeline.Volumes.Rechunk;
using EmPipeline.Volumes.Sections;

namespace EmPipeline.Volumes.Tests.Rechunk;

/// <summary>Sums of sections over volumes, grids and types of any kind, against plain loops.</summary>
public sealed class SectionTallyTests
{
    private static readonly Gen<(VoxelType Type, NdIndex Shape, int Chunk, int Shards, int Seed)> Cases = Gen.Select(
        Gen.Int[0, Enum.GetValues<VoxelType>().Length - 1].Select(i => Enum.GetValues<VoxelType>()[i]),
        Gen.Select(Gen.Int[1, 9], Gen.Int[1, 80], Gen.Int[1, 150], (z, y, x) => new NdIndex(z, y, x)),
        Gen.Int[1, 6].Select(half => 2 * half), Gen.Int[1, 3], Gen.Int);

    [Fact]
    public void What_a_section_says_is_what_plain_loops_find() => Cases.Sample(@case => Check(@case.Type, @case.Shape, @case.Chunk, @case.Shards, @case.Seed), iter: 300);

    [Theory]
    [InlineData(VoxelType.UInt8, 130, 32)]
    [InlineData(VoxelType.Int8, 256, 32)]
    [InlineData(VoxelType.Int8, 96, 16)]
    [InlineData(VoxelType.UInt8, 192, 64)]
    [InlineData(VoxelType.UInt16, 130, 32)]
    public void So_it_is_where_rows_fill_vectors(VoxelType type, int width, int chunk) => Check(type, new NdIndex(2, 70, width), chunk, 4, 3);

    private static void Check(VoxelType type, NdIndex shape, int chunk, int shards, int seed)
    {
        var voxels = MemoryVolume.Make(shape, type, seed: seed).Cleared(new Box(NdIndex.Filled(3, 0), NdIndex.CeilingDivide(shape, NdIndex.Filled(3, 2)))).Voxels;
        Spoil(type, voxels, seed);
        var grid = SectionGrid.For(LevelGrid.Pyramid(shape, type, NdIndex.Filled(3, chunk * shards), NdIndex.Filled(3, chunk), NdIndex.Filled(3, chunk), 1)[0], type)!;
        var sections = MemorySections.Of(grid, voxels);
        for (var z = 0; z < shape[0]; z++)
        {
            var image = Image(sections, z);
            var expected = Naive(grid, voxels, z);
            var sums = image.Sums;
            (sums.Looked, sums.Finite, sums.Blank, sums.Filled, sums.Pairs).Should().Be((expected.Looked, expected.Finite, expected.Blank, expected.Filled, expected.Pairs), "section {0}", z);
            Close(sums.Sum, expected.Sum);
            Close(sums.Energy, expected.Energy);
            image.Means.Should().HaveCount(expected.Means.Count);
            for (var i = 0; i < image.Means.Length; i++)
                Close(image.Means[i], expected.Means[i], type.Size() == 1 ? 1 / 256.0 : 0);
        }
    }

    [Fact]
    public void One_finite_voxel_of_each_patch_is_drawn()
    {
        var shape = new NdIndex(1, 64, 64);
        // A voxel's value says which patch it is in.
        var voxels = Enumerable.Range(0, 64 * 64).Select(i => (byte)((i / 64 / 4 * 16) + (i % 64 / 4))).ToArray();
        var grid = SectionGrid.For(LevelGrid.Pyramid(shape, VoxelType.UInt8, NdIndex.Filled(3, 32), NdIndex.Filled(3, 32), NdIndex.Filled(3, 16), 1)[0], VoxelType.UInt8)!;
        grid.Patch.Should().Be(4);
        Image(MemorySections.Of(grid, voxels), 0).Drawn.Should().Equal(Enumerable.Range(0, 256).Select(i => (double)i));
    }

    [Fact]
    public void Chunks_of_odd_edges_have_no_sections() =>
        SectionGrid.For(LevelGrid.Pyramid(NdIndex.Filled(3, 60), VoxelType.UInt8, NdIndex.Filled(3, 30), NdIndex.Filled(3, 30), NdIndex.Filled(3, 5), 1)[0], VoxelType.UInt8).Should().BeNull();

    internal static SectionImage Image(MemorySections sections, long z)
    {
        var (grid, level) = (sections.Grid, sections.Grid.Level);
        var (layer, within) = Math.DivRem(z, level.Part[0]);
        var parts = Box.Whole(new NdIndex(1, level.PartGrid[1], level.PartGrid[2])).CellsTouched(NdIndex.Filled(3, 1)).Select(part => new NdIndex(layer, part[1], part[2]));
        return SectionImage.Of(grid, [.. parts.Select(part => (ReadOnlyMemory<byte>)sections.Parts[part].AsMemory((int)within * grid.RecordLength, grid.RecordLength))]);
    }

    private static void Close(double got, double expected, double rounding = 0)
    {
        if (double.IsNaN(expected))
            double.IsNaN(got).Should().BeTrue();
        else if (expected > 1e37)
            // More than a float holds: nobody's grey values.
            got.Should().BeGreaterThan(1e36);
        else
            got.Should().BeApproximately(expected, rounding + (2e-4 * Math.Abs(expected)) + 1e-30);
    }

    private static void Spoil(VoxelType type, byte[] voxels, int seed)
    {
        if (type != VoxelType.Float32 || seed % 2 == 0)
            return;
        var numbers = MemoryMarshal.Cast<byte, float>(voxels.AsSpan());
        for (var i = Math.Abs(seed % 7); i < numbers.Length; i += 13)
            numbers[i] = i % 2 == 0 ? float.NaN : float.PositiveInfinity;
    }

    private static (double Sum, double Energy, long Pairs, int Looked, int Finite, int Blank, int Filled, List<double> Means) Naive(SectionGrid grid, byte[] voxels, int z)
    {
        var (shape, patch) = (grid.Level.Shape, grid.Patch);
        var (height, width) = ((int)shape[1] & ~1, (int)shape[2] & ~1);
        var (sum, energy, pairs, looked, finite, blank, filled) = (0.0, 0.0, 0L, 0, 0, 0, 0);
        var means = new List<double>();
        double Voxel(int y, int x) => Number(grid.Type, voxels, ((z * shape[1]) + y) * shape[2] + x);
        double Quad(int y, int x)
        {
            var total = (float)Voxel(y, x) + (float)Voxel(y, x + 1) + ((float)Voxel(y + 1, x) + (float)Voxel(y + 1, x + 1));
            return float.IsFinite(total) ? ((double)(float)Voxel(y, x) + (float)Voxel(y, x + 1) + (float)Voxel(y + 1, x) + (float)Voxel(y + 1, x + 1)) / 4 : double.NaN;
        }

        for (var top = 0; top < height; top += patch)
        {
            for (var left = 0; left < width; left += patch)
            {
                var (bottom, right) = (Math.Min(top + patch, height), Math.Min(left + patch, width));
                var (patchSum, patchCount, isBlank, first) = (0.0, 0, true, Voxel(top, left));
                for (var y = top; y < bottom; y++)
                {
                    for (var x = left; x < right; x++)
                        isBlank &= Voxel(y, x).Equals(first);
                }

                var rows = Enumerable.Range(top, bottom - top).Count(y => IsLookedAt(y - top));
                for (var y = top; y < bottom; y += 2)
                {
                    for (var x = left; x < right && IsLookedAt(y - top); x += 2)
                    {
                        var quad = Quad(y, x);
                        if (double.IsFinite(quad))
                            (patchSum, patchCount) = (patchSum + (4 * quad), patchCount + 4);
                        // Neighbours in the same part and, downwards, in the same patch.
                        if (x + 2 < width && (x + 2) % (int)grid.Level.Part[2] != 0)
                            Add(Quad(y, x + 2) - quad);
                        if (y + 2 < bottom && IsLookedAt(y + 2 - top))
                            Add(Quad(y + 2, x) - quad);
                    }
                }

                sum += patchSum;
                finite += patchCount;
                var size = rows * (right - left);
                looked += size;
                blank += isBlank ? size : 0;
                filled += isBlank && first == 0 && !double.IsNegative(first) ? size : 0;
                means.Add(patchCount == 0 ? double.NaN : patchSum / patchCount);
            }
        }

        return (sum, energy, pairs, looked, finite, blank, filled, means);

        // Of every sixteen rows of a patch the first four.
        static bool IsLookedAt(int row) => row % 16 < 4;

        void Add(double difference)
        {
            if (double.IsFinite(difference))
                (energy, pairs) = (energy + (difference * difference), pairs + 1);
        }
    }

    private static double Number(VoxelType type, byte[] voxels, long at) => type switch
    {
        VoxelType.Int8 => (sbyte)voxels[at],
        VoxelType.Int16 => MemoryMarshal.Cast<byte, short>(voxels)[(int)at],
        VoxelType.UInt16 => MemoryMarshal.Cast<byte, ushort>(voxels)[(int)at],
        VoxelType.Int32 => MemoryMarshal.Cast<byte, int>(voxels)[(int)at],
        VoxelType.UInt32 => MemoryMarshal.Cast<byte, uint>(voxels)[(int)at],
        VoxelType.Int64 => MemoryMarshal.Cast<byte, long>(voxels)[(int)at],
        VoxelType.UInt64 => MemoryMarshal.Cast<byte, ulong>(voxels)[(int)at],
        VoxelType.Float16 => (double)MemoryMarshal.Cast<byte, Half>(voxels)[(int)at],
        VoxelType.Float32 => MemoryMarshal.Cast<byte, float>(voxels)[(int)at],
        VoxelType.Float64 => MemoryMarshal.Cast<byte, double>(voxels)[(int)at],
        _ => voxels[at],
    };
}
