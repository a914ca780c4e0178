namespace EmPipeline.Volumes.Rechunk;

/// <summary>The state of every shard of a pyramid, at two bits each. Reading is safe while nobody writes.</summary>
/// <param name="levels">All levels, finest first.</param>
public sealed class ShardStates(IReadOnlyList<LevelGrid> levels)
{
    private const int PerByte = 4;
    private readonly byte[][] _states = [.. levels.Select(level => new byte[(level.Grid.Volume + PerByte - 1) / PerByte])];

    /// <summary>Whether any shard is not missing.</summary>
    public bool Any { get; private set; }

    /// <param name="position">In the level's grid of shards.</param>
    public ShardState this[int level, NdIndex position]
    {
        get
        {
            var (index, shift) = Place(level, position);
            return (ShardState)((_states[level][index] >> shift) & 3);
        }

        set
        {
            var (index, shift) = Place(level, position);
            ref var four = ref _states[level][index];
            four = (byte)((four & ~(3 << shift)) | ((int)value << shift));
            Any |= value != ShardState.Missing;
        }
    }

    private (long Index, int Shift) Place(int level, NdIndex position)
    {
        var grid = levels[level].Grid;
        var number = (((position[0] * grid[1]) + position[1]) * grid[2]) + position[2];
        return (number / PerByte, (int)(number % PerByte) * 2);
    }
}
