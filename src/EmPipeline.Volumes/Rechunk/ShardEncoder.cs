using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using EmPipeline.Volumes.Kernels;

namespace EmPipeline.Volumes.Rechunk;

/// <summary>
/// Turns one shard's voxels into inner chunks: gathers them, takes their statistics while they are in the cache, gives them to the writer
/// unless all of a chunk is fill. Chunks that are neighbours along x are gathered together, so that every cache line of the source is
/// fetched once. One a worker; not safe for concurrent use.
/// </summary>
internal sealed class ShardEncoder(VoxelType type, ReadOnlyMemory<byte> fill, IShardWriter writer) : IDisposable
{
    // As many neighbours as fit the second-level cache with room to spare.
    private const int GatherBytes = 256 << 10;
    private const int CacheLine = 64;
    private readonly VoxelStatistics _statistics = VoxelStatistics.For(type, fill);
    private readonly int _size = type.Size();
    private byte[] _gathered = [];

    /// <param name="voxels">The valid voxels of the shard at <paramref name="position"/>.</param>
    public BlockRecord Encode(LevelGrid level, NdIndex position, VoxelView voxels)
    {
        var valid = voxels.Part.Shape;
        var (chunkZ, chunkY, chunkX) = (level.Chunk[0], level.Chunk[1], level.Chunk[2]);
        var (chunksY, chunksX) = (level.Shard[1] / chunkY, level.Shard[2] / chunkX);
        var length = checked((int)(level.Chunk.Volume * _size));
        var together = Math.Clamp(GatherBytes / length, 1, chunksX);
        if (_gathered.Length < together * length)
            _gathered = GC.AllocateUninitializedArray<byte>((int)together * length, pinned: true);
        _statistics.Reset(valid.Volume);
        writer.Begin(level.Level, position);
        var any = false;
        for (var z = 0L; z < valid[0]; z += chunkZ)
        {
            for (var y = 0L; y < valid[1]; y += chunkY)
            {
                for (var x = 0L; x < valid[2]; x += together * chunkX)
                {
                    var number = (((z / chunkZ) * chunksY) + (y / chunkY)) * chunksX + (x / chunkX);
                    var part = new Extent(Math.Min(chunkZ, valid[0] - z), Math.Min(chunkY, valid[1] - y), Math.Min(together * chunkX, valid[2] - x));
                    any |= Add(voxels, (z * voxels.Plane) + (y * voxels.Row) + (x * _size), part, level.Chunk, (int)number, length);
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

    /// <summary>Gathers a row of chunks and gives them to the writer.</summary>
    /// <param name="start">The byte of the row's first voxel, from the shard's first.</param>
    /// <param name="part">The voxels there are.</param>
    /// <param name="number">The first chunk's number.</param>
    /// <returns>Whether any chunk holds more than fill.</returns>
    private bool Add(VoxelView voxels, long start, Extent part, NdIndex chunk, int number, int length)
    {
        var source = voxels.From(NdIndex.Filled(3, 0))[(int)start..];
        var (row, plane) = (chunk[2] * _size, chunk[1] * chunk[2] * _size);
        var count = (int)((part.X + chunk[2] - 1) / chunk[2]);
        if (part.Z < chunk[0] || part.Y < chunk[1] || part.X < count * chunk[2])
            StridedCopy.FillSpan(_gathered.AsSpan(0, count * length), fill.Span);
        var (sourceRow, sourcePlane) = (voxels.Row, voxels.Plane);
        for (var z = 0L; z < part.Z; z++)
        {
            var from = source[(int)(z * sourcePlane)..];
            if (z + 1 < part.Z)
                Prefetch(from[(int)sourcePlane..], sourceRow, part.Y, (int)part.X * _size);
            for (var i = 0; i < count; i++)
            {
                RowCopy.Copy(
                    from[(int)(i * row)..], sourceRow, _gathered.AsSpan((i * length) + (int)(z * plane)), row, part.Y,
                    (int)Math.Min(row, (part.X * _size) - (i * row)));
            }
        }

        var any = false;
        for (var i = 0; i < count; i++)
        {
            var voxelsOfChunk = _gathered.AsSpan(i * length, length);
            CountVoxels(voxelsOfChunk, new Extent(part.Z, part.Y, Math.Min(chunk[2], part.X - (i * chunk[2]))), chunk);
            if (FillTest.IsAll(voxelsOfChunk, fill.Span))
                continue;
            writer.Add(number + i, voxelsOfChunk);
            any = true;
        }

        return any;
    }

    private void CountVoxels(ReadOnlySpan<byte> voxels, Extent part, NdIndex chunk)
    {
        var (row, plane) = (chunk[2] * _size, chunk[1] * chunk[2] * _size);
        if (part.Y == chunk[1] && part.X == chunk[2])
        {
            _statistics.Add(voxels[..(int)(part.Z * plane)]);
            return;
        }

        for (var z = 0L; z < part.Z; z++)
        {
            for (var y = 0L; y < part.Y; y++)
                _statistics.Add(voxels.Slice((int)((z * plane) + (y * row)), (int)part.X * _size));
        }
    }

    /// <summary>Asks for the rows of the next plane while this one is copied: their distance is too large for the processor to guess.</summary>
    private static unsafe void Prefetch(ReadOnlySpan<byte> source, long step, long rows, int length)
    {
        if (!Sse.IsSupported)
            return;
        ref var first = ref MemoryMarshal.GetReference(source);
        for (var row = 0L; row < rows; row++)
        {
            for (var at = 0; at < length; at += CacheLine)
                Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.AddByteOffset(ref first, (nint)((row * step) + at))));
        }
    }

    private readonly record struct Extent(long Z, long Y, long X);
}
