using System.Collections.Concurrent;
using EmPipeline.Volumes.Rechunk;

namespace EmPipeline.Volumes.Tests.Rechunk;

/// <summary>Keeps shards as dictionaries of inner chunks, and holds the engine to how a sink is to be used.</summary>
/// <param name="earlier">What an earlier run finished.</param>
internal sealed class MemorySink(IReadOnlyList<LevelGrid> levels, int elementSize, IReadOnlyDictionary<(int, NdIndex), MemorySink.Shard>? earlier = null) : IShardSink
{
    public ConcurrentDictionary<(int Level, NdIndex Position), Shard> Shards { get; } = new();

    /// <summary>Called with each shard that is recorded; may throw.</summary>
    public Action<ShardRecord>? OnRecord { get; init; }

    public bool HasFinished => earlier is { Count: > 0 };

    public ShardState Find(int level, NdIndex position) => earlier?.GetValueOrDefault((level, position))?.Record?.State ?? ShardState.Missing;

    public IShardWriter CreateWriter() => new Writer(this);

    public (long StoredBytes, uint Checksum) Close(int level, NdIndex position)
    {
        var shard = Shards[(level, position)];
        shard.FinishedParts.Should().Be(levels[level].PartsOf(position).Count(), "all parts are there when a shard is closed");
        shard.Closed++;
        return (shard.Chunks.Values.Sum(chunk => chunk.Length), 1);
    }

    public ValueTask RecordAsync(ShardRecord record, CancellationToken cancellation)
    {
        OnRecord?.Invoke(record);
        var shard = Shards[(record.Level, record.Position)];
        shard.Closed.Should().Be(record.State == ShardState.Written ? 1 : 0);
        shard.Record.Should().BeNull("a shard is made once");
        shard.Record = record;
        return ValueTask.CompletedTask;
    }

    public ValueTask ReadBackAsync(int level, Box box, Memory<byte> voxels, CancellationToken cancellation)
    {
        Read(levels[level], elementSize, earlier!, box, voxels.Span);
        return ValueTask.CompletedTask;
    }

    /// <summary>Puts a box together from chunks; absent ones are zero.</summary>
    public static void Read(LevelGrid level, int elementSize, IReadOnlyDictionary<(int, NdIndex), Shard> shards, Box box, Span<byte> voxels)
    {
        voxels.Clear();
        var grid = NdIndex.FloorDivide(level.Shard, level.Chunk);
        foreach (var chunk in box.CellsTouched(level.Chunk))
        {
            var position = NdIndex.FloorDivide(chunk, grid);
            var within = chunk - (position * grid);
            var number = (int)((((within[0] * grid[1]) + within[1]) * grid[2]) + within[2]);
            if (shards.TryGetValue((level.Level, position), out var shard) && shard.Chunks.TryGetValue(number, out var bytes))
                StridedCopy.Copy(bytes, new Box(chunk * level.Chunk, level.Chunk), voxels, box, elementSize);
        }
    }

    internal sealed class Shard
    {
        public ConcurrentDictionary<int, byte[]> Chunks { get; } = new();

        public int FinishedParts;

        public int Closed { get; set; }

        public ShardRecord? Record { get; set; }
    }

    private sealed class Writer(MemorySink sink) : IShardWriter
    {
        private readonly int _length = checked((int)(sink.Level(0).Chunk.Volume * sink.ElementSize));
        private readonly byte[] _room = new byte[1 << 20];
        private Shard? _shard;
        private NdIndex[] _positions = [];
        private long _last;

        public void Begin(int level, NdIndex position, int part)
        {
            sink.Find(level, position).Should().Be(ShardState.Missing, "what an earlier run finished is not made again");
            var grid = sink.Level(level);
            var bounds = grid.ValidPart(grid.PartsOf(position).ElementAt(part)).RelativeTo(position * grid.Shard);
            _positions = [.. bounds.CellsTouched(grid.Chunk)];
            (_shard, _last, _grid) = (sink.Shards.GetOrAdd((level, position), _ => new Shard()), -1, NdIndex.FloorDivide(grid.Shard, grid.Chunk));
        }

        private NdIndex _grid;

        public Span<byte> Reserve(int count, out int stride)
        {
            stride = _length + 3;
            return _room.AsSpan(0, count * stride);
        }

        public void Add(int chunk, ReadOnlySpan<byte> voxels)
        {
            var position = new NdIndex(chunk / (_grid[1] * _grid[2]), chunk / _grid[2] % _grid[1], chunk % _grid[2]);
            _positions.Should().Contain(position, "a part's chunks lie in it");
            ((long)chunk).Should().BeGreaterThan(_last, "chunks of a part come in C order");
            _last = chunk;
            voxels.Length.Should().Be(_length);
            _shard!.Chunks.TryAdd(chunk, voxels.ToArray()).Should().BeTrue("a chunk is made once");
        }

        public void Finish()
        {
            Interlocked.Increment(ref _shard!.FinishedParts);
            _shard = null;
        }

        public void Dispose() => (_shard is null || sink.MayFail).Should().BeTrue("a part that was begun is finished");
    }

    private bool MayFail => OnRecord is not null;

    private int ElementSize => elementSize;

    private LevelGrid Level(int level) => levels[level];
}
