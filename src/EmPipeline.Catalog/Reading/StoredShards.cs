using EmPipeline.Volumes;

namespace EmPipeline.Catalog;

/// <summary>Which shards of one array have a file, as the catalogue says. Eight bytes for each that has none. Immutable.</summary>
public sealed class StoredShards
{
    private readonly NdIndex _grid;
    private readonly long[] _empty;

    /// <param name="grid">Shards along each axis.</param>
    /// <param name="empty">The numbers, in C order, of the shards that have no file; ascending.</param>
    internal StoredShards(NdIndex grid, long[] empty) => (_grid, _empty) = (grid, empty);

    /// <summary>Whether there is a file for the shard at a position, z, y, x, of the array's grid: it holds more than fill value.</summary>
    public bool IsStored(NdIndex position) => Array.BinarySearch(_empty, (((position[0] * _grid[1]) + position[1]) * _grid[2]) + position[2]) < 0;
}
