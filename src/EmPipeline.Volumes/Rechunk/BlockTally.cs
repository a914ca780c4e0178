using EmPipeline.Volumes.Kernels;

namespace EmPipeline.Volumes.Rechunk;

/// <summary>Gathers what is known of one block from its inner chunks, in C order. Reused from block to block; not safe for concurrent use.</summary>
internal sealed class BlockTally(VoxelType type, ReadOnlyMemory<byte> fill, bool areNumbers)
{
    private readonly VoxelStatistics _statistics = areNumbers ? VoxelStatistics.For(type, fill) : new FillStatistics(fill);
    private readonly int _size = type.Size();
    private Box _valid;
    private long _blank;

    /// <param name="valid">The block's voxels in the volume.</param>
    public void Reset(Box valid)
    {
        (_valid, _blank) = (valid, 0);
        _statistics.Reset(valid.Volume);
    }

    /// <summary>Takes one inner chunk, of which the first <paramref name="z"/> × <paramref name="y"/> × <paramref name="x"/> voxels are valid.</summary>
    /// <param name="voxels">The whole chunk, C order.</param>
    public void Add(ReadOnlySpan<byte> voxels, long z, long y, long x, NdIndex chunk)
    {
        var (row, plane) = ((int)chunk[2] * _size, (int)(chunk[1] * chunk[2]) * _size);
        var first = voxels[.._size];
        var isBlank = true;
        if (y == chunk[1] && x == chunk[2])
        {
            var valid = voxels[..((int)z * plane)];
            _statistics.Add(valid);
            isBlank = FillTest.IsAll(valid, first);
        }
        else
        {
            for (var i = 0; i < (int)z; i++)
            {
                for (var j = 0; j < (int)y; j++)
                {
                    var valid = voxels.Slice((i * plane) + (j * row), (int)x * _size);
                    _statistics.Add(valid);
                    isBlank = isBlank && FillTest.IsAll(valid, first);
                }
            }
        }

        _blank += isBlank ? z * y * x : 0;
    }

    /// <summary>Takes one inner chunk whose moments are known, but for the count of fill.</summary>
    /// <param name="valid">Its valid voxels, with no others between them.</param>
    public void Add(ReadOnlySpan<byte> valid, Moments known)
    {
        _statistics.Add(valid, known);
        _blank += known.Min == known.Max ? valid.Length / _size : 0;
    }

    public BlockRecord Describe(int level)
    {
        var summary = _statistics.Summarise();
        var voxels = (double)_valid.Volume;
        return new BlockRecord(
            level, _valid.Origin, _valid.Shape, summary.Min, summary.Max, summary.Mean, summary.StandardDeviation,
            summary.P1, summary.P5, summary.P25, summary.P50, summary.P75, summary.P95, summary.P99,
            summary.FillCount / voxels, _blank / voxels, summary.NotFinite);
    }
}
