using System.Collections.Concurrent;
using EmPipeline.Volumes.Kernels;

namespace EmPipeline.Volumes.Rechunk;

/// <summary>
/// The unfinished parts of the coarser levels' shards. Each part adds its down-sampled voxels to the one above it, in a place that no other
/// touches; the one that adds the last writes the whole. Buffers are pooled. Safe for concurrent use.
/// </summary>
internal sealed class Pyramid(IReadOnlyList<LevelGrid> levels, VoxelType type, DownsampleMethod method, ReadOnlyMemory<byte> fill, IShardSink sink, Portion portion) : IDisposable
{
    private readonly ConcurrentDictionary<(int Level, NdIndex Position), Lazy<Task<Part>>> _open = new();

    // Any level's part fits. Of levels that are much smaller than a part there is a part open for nearly all of the run: those have room of their own.
    private readonly BufferPool _buffers = new(checked((int)(NdIndex.Min(levels[0].Part, levels[0].Shape).Volume * type.Size())));

    /// <summary>The coarser part that holds this one: parts are even on every halved axis, and as large on every level.</summary>
    public NdIndex Above(int level, NdIndex part) => NdIndex.FloorDivide(part, levels[level + 1].Factor);

    /// <summary>The finer parts that a part is made from.</summary>
    public IEnumerable<NdIndex> Below(int level, NdIndex part)
    {
        var (grid, lower) = (levels[level], levels[level - 1]);
        var valid = grid.ValidPart(part);
        return new Box(valid.Origin * grid.Factor, valid.Shape * grid.Factor).Intersect(Box.Whole(lower.Shape)).CellsTouched(lower.Part);
    }

    /// <summary>
    /// The coarser part that a part of <paramref name="level"/> goes into; null when there is none, an earlier run finished its shard, or it is not this run's.
    /// The caller folds all its voxels that are not fill into it, then counts itself with <see cref="Part.Complete"/>.
    /// </summary>
    public async ValueTask<Part?> FindAboveAsync(int level, NdIndex part, CancellationToken cancellation)
    {
        if (level + 1 >= levels.Count)
            return null;
        var above = Above(level, part);
        return IsMissing(level + 1, above) ? await OpenAsync(level + 1, above, cancellation) : null;
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
            part.Buffer.GetSpan()[(int)((origin[0] * plane) + (origin[1] * row) + (origin[2] * size))..], row, plane);
    }

    /// <summary>A coarser part all of whose own parts were finished by an earlier run, made from them; null when some were not.</summary>
    public async ValueTask<Part?> RebuildAsync(int level, NdIndex part, CancellationToken cancellation) =>
        Below(level, part).Any(below => IsMissing(level - 1, below)) ? null : await OpenAsync(level, part, cancellation);

    public void Return(Part part)
    {
        _open.TryRemove((part.Level, part.Position), out _);
        if (part.Buffer.Length == _buffers.Length)
            _buffers.Return(part.Buffer);
        else
            Free(part.Buffer);
    }

    /// <summary>To be called when no worker runs any more.</summary>
    public void Dispose()
    {
        foreach (var open in _open.Values)
        {
            if (open is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
                Free(open.Value.Result.Buffer);
        }

        _buffers.Dispose();
    }

    private static void Free(IDisposable buffer) => buffer.Dispose();

    private bool IsMissing(int level, NdIndex part) => levels[level].ShardOf(part) is var shard && portion.Contains(level, shard) && sink.Find(level, shard) == ShardState.Missing;

    private Task<Part> OpenAsync(int level, NdIndex part, CancellationToken cancellation) =>
        _open.GetOrAdd((level, part), key => new Lazy<Task<Part>>(() => MakeAsync(key.Level, key.Position, cancellation))).Value;

    private async Task<Part> MakeAsync(int level, NdIndex position, CancellationToken cancellation)
    {
        var valid = levels[level].ValidPart(position);
        var length = (int)(valid.Volume * type.Size());
        var buffer = length <= _buffers.Length / 2 ? new NativeBuffer(length) : _buffers.Rent();
        StridedCopy.FillSpan(buffer.GetSpan()[..length], fill.Span);
        var missing = 0;
        var finished = new List<NdIndex>();
        foreach (var below in Below(level, position))
        {
            switch (sink.Find(level - 1, levels[level - 1].ShardOf(below)))
            {
                case ShardState.Missing:
                    missing++;
                    break;
                case ShardState.Written:
                    finished.Add(below);
                    break;
            }
        }

        var part = new Part(level, position, valid, buffer, missing);
        foreach (var below in finished)
            await FoldStoredAsync(part, below, cancellation);
        return part;
    }

    private async ValueTask FoldStoredAsync(Part part, NdIndex below, CancellationToken cancellation)
    {
        var valid = levels[part.Level - 1].ValidPart(below);
        var buffer = _buffers.Rent();
        var voxels = buffer.Memory[..(int)(valid.Volume * type.Size())];
        await sink.ReadBackAsync(part.Level - 1, valid, voxels, cancellation);
        Fold(part, new VoxelView(voxels, valid, valid, type.Size()));
        _buffers.Return(buffer);
    }

    /// <summary>A coarser part being put together: its valid voxels in C order.</summary>
    internal sealed class Part(int level, NdIndex position, Box valid, NativeBuffer buffer, int missing)
    {
        private int _missing = missing;

        public int Level => level;

        public NdIndex Position => position;

        public Box Valid => valid;

        public NativeBuffer Buffer => buffer;

        /// <summary>Counts one part; true for the last.</summary>
        public bool Complete() => Interlocked.Decrement(ref _missing) == 0;
    }
}
