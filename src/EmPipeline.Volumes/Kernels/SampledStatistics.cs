using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EmPipeline.Volumes.Kernels;

/// <summary>
/// Statistics of 32- and 64-bit integers and of floats. Min, max, mean and deviation are of every voxel (in double precision, NaN left out);
/// percentiles are those of every k-th voxel, k chosen so that about <see cref="SampleSize"/> are kept: exact for fewer voxels than that.
/// </summary>
internal sealed class SampledStatistics(VoxelType type, ReadOnlyMemory<byte> fill) : VoxelStatistics
{
    internal const int SampleSize = 8192;
    private readonly List<double> _sample = new(SampleSize + 1);
    private long _step = 1;
    private long _skip;
    private long _count;
    private long _fillCount;
    private double _min;
    private double _max;
    private double _sum;
    private double _squares;

    // Distances are taken from the first voxel, so that the squares of large numbers that hardly differ do not cancel.
    private double _shift;

    public override void Reset(long expectedCount)
    {
        _sample.Clear();
        // Odd, so that it does not keep step with rows of even length.
        _step = Math.Max(1, expectedCount / SampleSize) | 1;
        (_skip, _count, _fillCount) = (0, 0, 0);
        (_min, _max, _sum, _squares, _shift) = (double.PositiveInfinity, double.NegativeInfinity, 0, 0, double.NaN);
    }

    public override void Add(ReadOnlySpan<byte> voxels)
    {
        _fillCount += FillTest.Count(voxels, fill.Span);
        switch (type)
        {
            case VoxelType.Int32:
                AddAll<int>(voxels);
                break;
            case VoxelType.UInt32:
                AddAll<uint>(voxels);
                break;
            case VoxelType.Int64:
                AddAll<long>(voxels);
                break;
            case VoxelType.UInt64:
                AddAll<ulong>(voxels);
                break;
            case VoxelType.Float16:
                AddAll<Half>(voxels);
                break;
            case VoxelType.Float32:
                AddAll<float>(voxels);
                break;
            default:
                AddAll<double>(voxels);
                break;
        }
    }

    public override VoxelSummary Summarise()
    {
        if (_count == 0)
        {
            const double none = double.NaN;
            return new VoxelSummary(0, none, none, none, none, none, none, none, none, none, none, none, _fillCount);
        }

        _sample.Sort();
        var mean = _sum / _count;
        var variance = Math.Max(0, (_squares / _count) - (mean * mean));
        return new VoxelSummary(
            _count, _min, _max, _shift + mean, Math.Sqrt(variance),
            Rank(0), Rank(1), Rank(2), Rank(3), Rank(4), Rank(5), Rank(6), _fillCount);
    }

    private double Rank(int percentile)
    {
        var rank = (int)Math.Ceiling(Percentiles[percentile] * _sample.Count) - 1;
        return _sample.Count == 0 ? double.NaN : _sample[Math.Clamp(rank, 0, _sample.Count - 1)];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddAll<T>(ReadOnlySpan<byte> bytes)
        where T : unmanaged, INumber<T>
    {
        var voxels = MemoryMarshal.Cast<byte, T>(bytes);
        for (; _skip < voxels.Length; _skip += _step)
        {
            var value = double.CreateTruncating(voxels[(int)_skip]);
            if (!double.IsNaN(value))
                _sample.Add(value);
        }

        _skip -= voxels.Length;
        var (min, max, sum, squares, shift, count) = (_min, _max, 0.0, 0.0, _shift, 0L);
        foreach (var voxel in voxels)
        {
            var value = double.CreateTruncating(voxel);
            if (double.IsNaN(value))
                continue;
            if (double.IsNaN(shift))
                shift = double.IsFinite(value) ? value : 0;
            min = value < min ? value : min;
            max = value > max ? value : max;
            var distance = value - shift;
            sum += distance;
            squares += distance * distance;
            count++;
        }

        (_min, _max, _shift) = (min, max, shift);
        _sum += sum;
        _squares += squares;
        _count += count;
    }
}
