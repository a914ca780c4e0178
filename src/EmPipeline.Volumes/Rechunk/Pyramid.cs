using System.Collections.Concurrent;
using EmPipeline.Volumes.Kernels;

namespace EmPipeline.Volumes.Rechunk;

/// <summary>
/// The unfinished shards of the coarser levels. Each shard adds its down-sampled voxels to the one above it, in a place that no other
/// touches; the one that adds the last part writes the whole. Buffers are pooled. Safe for concurrent use.
/// </summary>
internal sealed class Pyramid(IReadOnlyList<LevelGrid> levels, VoxelType type, DownsampleMethod method, ReadOnlyMemory<byte> fill, IShardSink sink)
{
    private readonly ConcurrentDictionary<(int Level, NdIndex Position), Lazy<Task<Part>>> _open = new();
    private readonly ConcurrentBag<byte[]>[] _buffers = [.. levels.Select(_ => new ConcurrentBag<byte[]>())];

    /// <summary>The grid position of the coarser shard that holds this one.</summary>
    public NdIndex Above(int level, NdIndex position)
    {
        // A shard's first voxel, in voxels of the level above, lies in the shard wanted: shards are even on every halved axis.
        var upper = levels[level + 1];
        return NdIndex.FloorDivide(NdIndex.FloorDivide(position * upper.Shard, upper.Factor), upper.Shard);
    }

    /// <summary>The grid positions of the finer shards that a shard is made from.</summary>
    public IEnumerable<NdIndex> Below(int level, NdIndex position)
    {
        var (grid, lower) = (levels[level], levels[level - 1]);
        var valid = grid.Valid(position);
        return new Box(valid.Origin * grid.Factor, valid.Shape * grid.Factor).Intersect(Box.Whole(lower.Shape)).CellsTouched(lower.Shard);
    }

    /// <summary>
    /// The coarser shard that a shard of <paramref name="level"/> is a part of; null when there is none, or an earlier run finished it.
    /// The caller folds all its voxels that are not fill into it, then counts itself with <see cref="Part.Complete"/>.
    /// </summary>
    public async ValueTask<Part?> FindAboveAsync(int level, NdIndex position, CancellationToken cancellation)
    {
        if (level + 1 >= levels.Count)
            return null;
        var above = Above(level, position);
        return sink.Find(level + 1, above) == ShardState.Missing ? await OpenAsync(level + 1, above, cancellation) : null;
    }

    /// <summary>Puts voxels of the level below, down-sampled, into their place.</summary>
    /// <param name="voxels">In coordinates of their level; their origin is even on every halved axis.</param>
    public void Fold(Part part, VoxelView voxels)
    {
        var factor = levels[part.Level].Factor;
        var size = type.Size();
        var origin = NdIndex.FloorDivide(voxels.Part.Origin, factor) - part.Valid.Origin;
        var row = part.Valid.Shape[2] * size;
        var plane = part.Valid.Shape[1] * row;
        Downsample.Halve(
            type, method, voxels.From(NdIndex.Filled(3, 0)), voxels.Row, voxels.Plane, voxels.Part.Shape, factor,
            part.Buffer.AsSpan((int)((origin[0] * plane) + (origin[1] * row) + (origin[2] * size))), row, plane);
    }

    /// <summary>A coarser shard all of whose parts were finished by an earlier run, made from them.</summary>
    public async ValueTask<Part> RebuildAsync(int level, NdIndex position, CancellationToken cancellation) =>
        await OpenAsync(level, position, cancellation);

    public void Return(Part part)
    {
        _open.TryRemove((part.Level, part.Position), out _);
        _buffers[part.Level].Add(part.Buffer);
    }

    private Task<Part> OpenAsync(int level, NdIndex position, CancellationToken cancellation) =>
        _open.GetOrAdd((level, position), key => new Lazy<Task<Part>>(() => MakeAsync(key.Level, key.Position, cancellation))).Value;

    private async Task<Part> MakeAsync(int level, NdIndex position, CancellationToken cancellation)
    {
        var valid = levels[level].Valid(position);
        var buffer = Rent(level);
        StridedCopy.FillSpan(buffer.AsSpan(0, (int)(valid.Volume * type.Size())), fill.Span);
        var missing = 0;
        var finished = new List<NdIndex>();
        foreach (var child in Below(level, position))
        {
            switch (sink.Find(level - 1, child))
            {
                case ShardState.Missing:
                    missing++;
                    break;
                case ShardState.Written:
                    finished.Add(child);
                    break;
            }
        }

        var part = new Part(level, position, valid, buffer, missing);
        foreach (var child in finished)
            await FoldStoredAsync(part, child, cancellation);

        return part;
    }

    private async ValueTask FoldStoredAsync(Part part, NdIndex child, CancellationToken cancellation)
    {
        var valid = levels[part.Level - 1].Valid(child);
        var length = (int)(valid.Volume * type.Size());
        var voxels = Rent(part.Level - 1);
        await sink.ReadBackAsync(part.Level - 1, child, voxels.AsMemory(0, length), cancellation);
        Fold(part, new VoxelView(voxels, valid, valid, type.Size()));
        _buffers[part.Level - 1].Add(voxels);
    }

    /// <summary>Room for the valid voxels of any shard of a level.</summary>
    private byte[] Rent(int level) => _buffers[level].TryTake(out var buffer)
        ? buffer
        : GC.AllocateUninitializedArray<byte>(checked((int)(NdIndex.Min(levels[level].Shard, levels[level].Shape).Volume * type.Size())), pinned: true);

    /// <summary>A coarser shard being put together: its valid voxels in C order.</summary>
    internal sealed class Part(int level, NdIndex position, Box valid, byte[] buffer, int missing)
    {
        private int _missing = missing;

        public int Level => level;

        public NdIndex Position => position;

        public Box Valid => valid;

        public byte[] Buffer => buffer;

        /// <summary>Counts one part; true for the last.</summary>
        public bool Complete() => Interlocked.Decrement(ref _missing) == 0;
    }
}
