using EmPipeline.Volumes.Kernels;

namespace EmPipeline.Volumes.Rechunk;

/// <summary>
/// Turns one shard's voxels into inner chunks: gathers each, takes its statistics while it is in the cache, gives it to the writer unless
/// all of it is fill. One a worker; not safe for concurrent use.
/// </summary>
internal sealed class ShardEncoder(VoxelType type, ReadOnlyMemory<byte> fill, IShardWriter writer) : IDisposable
{
    private readonly VoxelStatistics _statistics = VoxelStatistics.For(type, fill);

    /// <param name="voxels">The valid voxels of the shard at <paramref name="position"/>.</param>
    public BlockRecord Encode(LevelGrid level, NdIndex position, VoxelView voxels)
    {
        var valid = voxels.Part.Shape;
        _statistics.Reset(valid.Volume);
        writer.Begin(level.Level, position);
        var chunks = NdIndex.FloorDivide(level.Shard, level.Chunk);
        var any = false;
        var number = 0;
        for (var z = 0L; z < chunks[0]; z++)
        {
            for (var y = 0L; y < chunks[1]; y++)
            {
                for (var x = 0L; x < chunks[2]; x++, number++)
                {
                    var origin = new NdIndex(z, y, x) * level.Chunk;
                    if (origin[0] >= valid[0] || origin[1] >= valid[1] || origin[2] >= valid[2])
                        continue;
                    var chunk = writer.Reserve();
                    Gather(voxels, origin, level.Chunk, chunk);
                    if (FillTest.IsAll(chunk, fill.Span))
                        continue;
                    writer.Add(number);
                    any = true;
                }
            }
        }

        var summary = _statistics.Summarise();
        var (stored, checksum) = any ? writer.Finish() : (0, "");
        return new BlockRecord(
            level.Level, position * level.Shard, valid, summary.Min, summary.Max, summary.Mean, summary.StandardDeviation,
            summary.P1, summary.P5, summary.P25, summary.P50, summary.P75, summary.P95, summary.P99,
            (double)summary.FillCount / valid.Volume, stored, checksum, any ? BlockRecord.Written : BlockRecord.Empty);
    }

    public void Dispose() => writer.Dispose();

    /// <summary>Copies the chunk at <paramref name="origin"/> (from the shard's first voxel), padded with fill, and counts its voxels.</summary>
    private void Gather(VoxelView voxels, NdIndex origin, NdIndex chunk, Span<byte> target)
    {
        var size = type.Size();
        var (row, plane) = (chunk[2] * size, chunk[1] * chunk[2] * size);
        var part = NdIndex.Min(chunk, voxels.Part.Shape - origin);
        var whole = part == chunk;
        if (!whole)
            StridedCopy.FillSpan(target, fill.Span);
        var source = voxels.From(origin);
        var length = (int)part[2] * size;
        for (var z = 0L; z < part[0]; z++)
            RowCopy.Copy(source[(int)(z * voxels.Plane)..], voxels.Row, target[(int)(z * plane)..], row, part[1], length);
        if (part[1] == chunk[1] && part[2] == chunk[2])
        {
            _statistics.Add(target[..(int)(part[0] * plane)]);
            return;
        }

        for (var z = 0L; z < part[0]; z++)
        {
            for (var y = 0L; y < part[1]; y++)
                _statistics.Add(target.Slice((int)((z * plane) + (y * row)), length));
        }
    }
}
