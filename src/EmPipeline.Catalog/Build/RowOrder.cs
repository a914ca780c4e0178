using System.Runtime.CompilerServices;

namespace EmPipeline.Catalog.Build;

/// <summary>Holds what is streamed to the order and uniqueness that the catalogue promises, and to datasets and levels that exist.</summary>
internal static class RowOrder
{
    public static async IAsyncEnumerable<BlockRow> CheckAsync(
        IAsyncEnumerable<BlockRow> rows, IReadOnlyList<VolumeRecord> volumes, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var known = volumes.Select(volume => (volume.Dataset, volume.Level)).ToHashSet();
        BlockRow? previous = null;
        await foreach (var row in rows.WithCancellation(cancellation))
        {
            if (previous is null || !IsSameVolume(previous, row))
            {
                if (!known.Contains((row.Dataset, row.Level)))
                    throw new ArgumentException($"blocks: got one of {row.Dataset} level {row.Level}, expected only datasets and levels that have a volume.");
            }

            if (previous is not null && Compare(previous, row) >= 0)
                throw new ArgumentException($"blocks: got {Name(row)} after {Name(previous)}, expected ascending dataset, level, shard, z, y, x without repeats.");
            previous = row;
            yield return row;
        }
    }

    public static IEnumerable<FileRecord> Check(IEnumerable<FileRecord> rows, IReadOnlyList<DatasetRecord> datasets)
    {
        var known = datasets.Select(dataset => dataset.Name).ToHashSet();
        FileRecord? previous = null;
        foreach (var row in rows)
        {
            if (!known.Contains(row.Dataset))
                throw new ArgumentException($"files: got a row about '{row.Dataset}', expected only datasets of the datasets table.");
            if (previous is not null && Compare(previous, row) >= 0)
                throw new ArgumentException($"files: got {row.Dataset} {row.Key} after {previous.Dataset} {previous.Key}, expected ascending dataset, key without repeats.");
            previous = row;
            yield return row;
        }
    }

    public static async IAsyncEnumerable<AttributeRow> CheckAsync(
        IAsyncEnumerable<AttributeRow> rows, IReadOnlyList<DatasetRecord> datasets, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var known = datasets.Select(dataset => dataset.Name).ToHashSet();
        await foreach (var row in rows.WithCancellation(cancellation))
        {
            if (!known.Contains(row.Dataset))
                throw new ArgumentException($"attributes: got a row about '{row.Dataset}', expected only datasets of the datasets table.");
            yield return row;
        }
    }

    private static bool IsSameVolume(BlockRow a, BlockRow b) => a.Level == b.Level && ReferenceEquals(a.Dataset, b.Dataset);

    private static int Compare(BlockRow a, BlockRow b)
    {
        var order = string.CompareOrdinal(a.Dataset, b.Dataset);
        if (order == 0)
            order = (a.Level, a.ShardZ, a.ShardY, a.ShardX).CompareTo((b.Level, b.ShardZ, b.ShardY, b.ShardX));
        return order != 0 ? order : (a.Z, a.Y, a.X).CompareTo((b.Z, b.Y, b.X));
    }

    private static int Compare(FileRecord a, FileRecord b)
    {
        var order = string.CompareOrdinal(a.Dataset, b.Dataset);
        return order != 0 ? order : string.CompareOrdinal(a.Key, b.Key);
    }

    private static string Name(BlockRow row) => $"{row.Dataset} level {row.Level} [{row.Z}, {row.Y}, {row.X}]";
}
