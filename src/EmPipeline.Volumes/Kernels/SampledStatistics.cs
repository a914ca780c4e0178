using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EmPipeline.Volumes.Kernels;

/// <summary>
/// Statistics of 32- and 64-bit integers and of floats. Min, max, mean and deviation are of every finite voxel, in double precision; NaN and
/// infinities are counted and left out. Percentiles are those of every k-th voxel, k chosen so that about <see cref="SampleSize"/> are kept:
/// exact for fewer voxels than that.
/// </summary>
internal sealed class SampledStatistics(VoxelType type, ReadOnlyMemory<byte> fill) : VoxelStatistics
{
    internal const int SampleSize = 8192;
    private readonly List<double> _sample = new(SampleSize + 1);
    private long _step = 1;
    private long _skip;
    private long _count;
    private long _notFinite;
    private long _fillCount;
    private double _min;
    private double _max;
    private double _mean;

    // The sum of squared distances from the mean.
    private double _spread;

    public override void Reset(long expectedCount)
    {
        _sample.Clear();
        // Odd, so that it does not keep step with rows of even length.
        _step = Math.Max(1, expectedCount / SampleSize) | 1;
        (_skip, _count, _notFinite, _fillCount) = (0, 0, 0, 0);
        (_min, _max, _mean, _spread) = (double.PositiveInfinity, double.NegativeInfinity, 0, 0);
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
            return VoxelSummary.Nothing(_fillCount, _notFinite);
        // All that was sampled may be no number.
        if (_sample.Count == 0)
            _sample.Add(_mean);
        _sample.Sort();
        return new VoxelSummary(
            _count, _min, _max, _mean, Math.Sqrt(_spread / _count),
            Rank(0), Rank(1), Rank(2), Rank(3), Rank(4), Rank(5), Rank(6), _fillCount, _notFinite);
    }

    private double Rank(int percentile)
    {
        var rank = (int)Math.Ceiling(Percentiles[percentile] * _sample.Count) - 1;
        return _sample[Math.Clamp(rank, 0, _sample.Count - 1)];
    }

    /// <summary>
    /// Takes a run's own mean first and the distances from it second, then merges both into what came before (Chan): nothing large is ever
    /// subtracted from something as large, so a mean of 10⁹ with a deviation of 1 keeps it.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddAll<T>(ReadOnlySpan<byte> bytes)
        where T : unmanaged, INumber<T>
    {
        var voxels = MemoryMarshal.Cast<byte, T>(bytes);
        for (; _skip < voxels.Length; _skip += _step)
        {
            var value = double.CreateTruncating(voxels[(int)_skip]);
            if (double.IsFinite(value))
                _sample.Add(value);
        }

        _skip -= voxels.Length;
        var (min, max, mean, count) = (_min, _max, 0.0, 0);
        foreach (var voxel in voxels)
        {
            var value = double.CreateTruncating(voxel);
            if (!double.IsFinite(value))
                continue;
            min = value < min ? value : min;
            max = value > max ? value : max;
            count++;
            mean += value;
        }

        _notFinite += voxels.Length - count;
        if (count == 0)
            return;
        (_min, _max) = (min, max);
        // Numbers near the largest double have a sum that is none.
        mean = double.IsFinite(mean) ? mean / count : MeanOfHuge(voxels, count);
        var spread = 0.0;
        foreach (var voxel in voxels)
        {
            var distance = double.CreateTruncating(voxel) - mean;
            spread += double.IsFinite(distance) ? distance * distance : 0;
        }

        var shift = mean - _mean;
        var share = count / (double)(_count + count);
        _spread += spread + (shift * shift * _count * share);
        _mean += shift * share;
        _count += count;
    }

    private static double MeanOfHuge<T>(ReadOnlySpan<T> voxels, int count)
        where T : unmanaged, INumber<T>
    {
        var mean = 0.0;
        foreach (var voxel in voxels)
        {
            var value = double.CreateTruncating(voxel);
            mean += double.IsFinite(value) ? value / count : 0;
        }

        return mean;
    }
}
