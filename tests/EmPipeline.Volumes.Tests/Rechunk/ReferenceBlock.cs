using System.Globalization;
using System.Runtime.InteropServices;
using EmPipeline.Volumes.Rechunk;

namespace EmPipeline.Volumes.Tests.Rechunk;

/// <summary>A block's record, made the slow way.</summary>
internal static class ReferenceBlock
{
    /// <param name="valid">The block's voxels in the level.</param>
    /// <param name="level">All voxels of the level are <paramref name="voxels"/>.</param>
    public static void Check(BlockRecord record, LevelGrid level, Box valid, byte[] voxels, VoxelType type)
    {
        (record.Level, record.Origin, record.ValidShape).Should().Be((level.Level, valid.Origin, valid.Shape));
        var all = Values(level, valid, voxels, type).ToArray();
        var finite = all.Where(double.IsFinite).Order().ToArray();
        record.NotFinite.Should().Be(all.Length - finite.Length);
        record.FillShare.Should().Be((double)FillCount(level, valid, voxels, type) / all.Length);
        var blank = valid.CellsTouched(level.Chunk).Select(cell => new Box(cell * level.Chunk, level.Chunk).Intersect(valid))
            .Where(chunk => IsOneValue(level, chunk, voxels, type)).Sum(chunk => chunk.Volume);
        record.BlankShare.Should().Be((double)blank / all.Length);
        if (finite.Length == 0)
        {
            new[] { record.Min, record.Max, record.Mean, record.StandardDeviation, record.P1, record.P50, record.P99 }.Should().OnlyContain(value => double.IsNaN(value));
            return;
        }

        var mean = finite.Average();
        var deviation = Math.Sqrt(finite.Average(value => (value - mean) * (value - mean)));
        (record.Min, record.Max).Should().Be((finite[0], finite[^1]));
        ShouldBeNear(record.Mean, mean, Math.Max(Math.Abs(mean), deviation));
        ShouldBeNear(record.StandardDeviation, deviation, Math.Max(Math.Abs(mean) * 1e-3, deviation));
        if (all.Length > 8000)
            return;
        double[] got = [record.P1, record.P5, record.P25, record.P50, record.P75, record.P95, record.P99];
        double[] ranks = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99];
        got.Should().Equal(ranks.Select(rank => finite[Math.Max(0, (int)Math.Ceiling(rank * finite.Length) - 1)]));
    }

    /// <summary>Makes a voxel of a float volume NaN or infinite.</summary>
    public static void SetNotFinite(byte[] voxels, int index, VoxelType type, int kind)
    {
        double[] kinds = [double.NaN, double.PositiveInfinity, double.NegativeInfinity];
        switch (type)
        {
            case VoxelType.Float16:
                MemoryMarshal.Cast<byte, Half>(voxels.AsSpan())[index] = (Half)kinds[kind];
                break;
            case VoxelType.Float32:
                MemoryMarshal.Cast<byte, float>(voxels.AsSpan())[index] = (float)kinds[kind];
                break;
            default:
                MemoryMarshal.Cast<byte, double>(voxels.AsSpan())[index] = kinds[kind];
                break;
        }
    }

    // A deviation below 1e-154 has a square that a double holds with fewer bits, or none.
    private static void ShouldBeNear(double got, double expected, double scale) =>
        Math.Abs(got - expected).Should().BeLessThanOrEqualTo(Math.Max(1e-9 * scale, 1e-154), "{0} is near {1}", got.ToString(CultureInfo.InvariantCulture), expected);

    private static IEnumerable<double> Values(LevelGrid level, Box box, byte[] voxels, VoxelType type) => Indexes(level, box).Select(index => Value(voxels, index, type));

    private static IEnumerable<int> Indexes(LevelGrid level, Box box) =>
        box.CellsTouched(NdIndex.Filled(3, 1)).Select(at => (int)((((at[0] * level.Shape[1]) + at[1]) * level.Shape[2]) + at[2]));

    private static int FillCount(LevelGrid level, Box box, byte[] voxels, VoxelType type) =>
        Indexes(level, box).Count(index => !voxels.AsSpan(index * type.Size(), type.Size()).ContainsAnyExcept((byte)0));

    private static bool IsOneValue(LevelGrid level, Box box, byte[] voxels, VoxelType type) =>
        Indexes(level, box).Select(index => Convert.ToHexString(voxels, index * type.Size(), type.Size())).Distinct().Count() == 1;

    private static double Value(byte[] voxels, int index, VoxelType type) => type switch
    {
        VoxelType.Int8 => (sbyte)voxels[index],
        VoxelType.Int16 => MemoryMarshal.Cast<byte, short>(voxels)[index],
        VoxelType.UInt16 => MemoryMarshal.Cast<byte, ushort>(voxels)[index],
        VoxelType.Int32 => MemoryMarshal.Cast<byte, int>(voxels)[index],
        VoxelType.UInt32 => MemoryMarshal.Cast<byte, uint>(voxels)[index],
        VoxelType.Int64 => MemoryMarshal.Cast<byte, long>(voxels)[index],
        VoxelType.UInt64 => MemoryMarshal.Cast<byte, ulong>(voxels)[index],
        VoxelType.Float16 => (double)MemoryMarshal.Cast<byte, Half>(voxels)[index],
        VoxelType.Float32 => MemoryMarshal.Cast<byte, float>(voxels)[index],
        VoxelType.Float64 => MemoryMarshal.Cast<byte, double>(voxels)[index],
        _ => voxels[index],
    };
}
