using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EmPipeline.Volumes.Kernels;

/// <summary>
/// Exact statistics of 8- and 16-bit integers from a histogram of 2^16 bins. 8-bit voxels are counted two at a time as one 16-bit
/// number and split up at the end: half the increments. Two tables take turns, so that equal neighbours do not wait for each other's store.
/// </summary>
internal sealed class HistogramStatistics(VoxelType type, ReadOnlyMemory<byte> fill) : VoxelStatistics
{
    private const int Bins = 1 << 16;
    private readonly uint[] _tables = new uint[2 * Bins];
    private readonly uint[] _bytes = new uint[256];
    private readonly bool _wide = type.Size() == 2;

    public override void Reset(long expectedCount)
    {
        Array.Clear(_tables);
        Array.Clear(_bytes);
    }

    public override void Add(ReadOnlySpan<byte> voxels)
    {
        ref var table = ref MemoryMarshal.GetArrayDataReference(_tables);
        var words = MemoryMarshal.Cast<byte, ulong>(voxels);
        foreach (var word in words)
        {
            Unsafe.Add(ref table, (nint)(ushort)word)++;
            Unsafe.Add(ref table, Bins + (nint)(ushort)(word >> 16))++;
            Unsafe.Add(ref table, (nint)(ushort)(word >> 32))++;
            Unsafe.Add(ref table, Bins + (nint)(word >> 48))++;
        }

        var rest = voxels[(words.Length * sizeof(ulong))..];
        foreach (var pair in MemoryMarshal.Cast<byte, ushort>(rest))
            Unsafe.Add(ref table, (nint)pair)++;
        if ((rest.Length & 1) != 0)
            _bytes[rest[^1]]++;
    }

    public override VoxelSummary Summarise()
    {
        var merged = _tables.AsSpan(0, Bins);
        AddTo(merged, _tables.AsSpan(Bins));
        var histogram = merged;
        if (!_wide)
        {
            FoldPairs(merged, _bytes);
            histogram = _bytes;
        }

        return Summarise(histogram);
    }

    private static void AddTo(Span<uint> target, ReadOnlySpan<uint> source)
    {
        var targets = MemoryMarshal.Cast<uint, Vector<uint>>(target);
        var sources = MemoryMarshal.Cast<uint, Vector<uint>>(source);
        for (var i = 0; i < targets.Length; i++)
            targets[i] += sources[i];
    }

    /// <summary>Row h of the pair table counts pairs whose second byte is h: its sum belongs to h, its elements to the first byte.</summary>
    private static void FoldPairs(ReadOnlySpan<uint> pairs, Span<uint> bytes)
    {
        var lows = MemoryMarshal.Cast<uint, Vector<uint>>(bytes);
        for (var high = 0; high < 256; high++)
        {
            var row = pairs.Slice(high * 256, 256);
            var sum = Vector<uint>.Zero;
            var rows = MemoryMarshal.Cast<uint, Vector<uint>>(row);
            for (var i = 0; i < rows.Length; i++)
            {
                sum += rows[i];
                lows[i] += rows[i];
            }

            bytes[high] += Vector.Sum(sum);
        }
    }

    /// <param name="histogram">Counts by bit pattern; signed types are walked from their lowest value up.</param>
    private VoxelSummary Summarise(ReadOnlySpan<uint> histogram)
    {
        var signed = type is VoxelType.Int8 or VoxelType.Int16;
        var bias = signed ? histogram.Length / 2 : 0;
        var mask = histogram.Length - 1;
        long count = 0, sum = 0, first = -1, last = -1;
        Int128 squares = 0;
        for (var i = 0; i <= mask; i++)
        {
            long bin = histogram[(i + bias) & mask];
            if (bin == 0)
                continue;
            var value = (long)i - bias;
            first = first < 0 ? i : first;
            last = i;
            count += bin;
            sum += bin * value;
            squares += bin * value * value;
        }

        if (count == 0)
        {
            const double none = double.NaN;
            return new VoxelSummary(0, none, none, none, none, none, none, none, none, none, none, none, 0);
        }

        Span<double> ranked = stackalloc double[7];
        long seen = 0;
        var next = 0;
        for (var i = (int)first; i <= last && next < ranked.Length; i++)
        {
            seen += histogram[(i + bias) & mask];
            while (next < ranked.Length && seen >= Math.Ceiling(Percentiles[next] * count))
                ranked[next++] = i - bias;
        }

        // n·Σx² − (Σx)² is exact in 128 bits, so nothing cancels.
        var spread = (squares * count) - ((Int128)sum * sum);
        var fillBin = _wide ? MemoryMarshal.Read<ushort>(fill.Span) : fill.Span[0];
        return new VoxelSummary(
            count, first - bias, last - bias, (double)sum / count, Math.Sqrt((double)spread) / count,
            ranked[0], ranked[1], ranked[2], ranked[3], ranked[4], ranked[5], ranked[6], histogram[fillBin]);
    }
}
