using System.Collections.Concurrent;

namespace EmPipeline.Volumes.Rechunk;

/// <summary>The shards that have some of their parts. Safe for concurrent use.</summary>
internal sealed class OpenShards
{
    private readonly ConcurrentDictionary<(int Level, NdIndex Position), OpenShard> _open = new();

    /// <summary>The shard that a part belongs to.</summary>
    public OpenShard Of(LevelGrid level, NdIndex part) =>
        _open.GetOrAdd((level.Level, level.ShardOf(part)), static (key, level) => new OpenShard(level, key.Position), level);

    public void Close(OpenShard shard) => _open.TryRemove((shard.Level.Level, shard.Position), out _);
}

/// <summary>A shard of which some parts are made. Safe for concurrent use.</summary>
internal sealed class OpenShard
{
    private readonly Dictionary<NdIndex, int> _numbers = [];
    private readonly BlockRecord[][] _blocks;
    private int _missing;
    private int _any;

    public OpenShard(LevelGrid level, NdIndex position)
    {
        (Level, Position) = (level, position);
        foreach (var part in level.PartsOf(position))
            _numbers.Add(part, _numbers.Count);
        _blocks = new BlockRecord[_numbers.Count][];
        _missing = _numbers.Count;
    }

    public LevelGrid Level { get; }

    /// <summary>In the level's grid of shards.</summary>
    public NdIndex Position { get; }

    /// <summary>Some part holds more than fill.</summary>
    public bool Any => _any != 0;

    /// <summary>Which part of the shard it is, in the order of its file.</summary>
    public int NumberOf(NdIndex part) => _numbers[part];

    /// <summary>Takes a part's blocks; true for the last part.</summary>
    public bool Complete(EncodedPart part)
    {
        _blocks[_numbers[part.Position]] = part.Blocks;
        if (part.Any)
            Interlocked.Exchange(ref _any, 1);
        return Interlocked.Decrement(ref _missing) == 0;
    }

    /// <summary>What is known of the shard when all its parts are there.</summary>
    public ShardRecord Describe(long storedBytes, uint checksum)
    {
        var blocks = _blocks.SelectMany(blocks => blocks).ToArray();
        if (_blocks.Length > 1)
            Array.Sort(blocks, static (a, b) => (a.Origin[0], a.Origin[1], a.Origin[2]).CompareTo((b.Origin[0], b.Origin[1], b.Origin[2])));
        return new ShardRecord(Level.Level, Position, Any ? ShardState.Written : ShardState.Empty, storedBytes, checksum, blocks);
    }
}

/// <summary>A part that is encoded and with its writer.</summary>
/// <param name="Position">In the level's grid of parts.</param>
/// <param name="Any">It holds more than fill.</param>
internal readonly record struct EncodedPart(NdIndex Position, BlockRecord[] Blocks, bool Any);
