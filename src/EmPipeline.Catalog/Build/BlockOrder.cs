using System.Runtime.CompilerServices;

namespace EmPipeline.Catalog.Build;

/// <summary>Holds the stream of blocks to the order and uniqueness that the catalogue promises, and to datasets and levels that exist.</summary>
internal static class BlockOrder
{
    public static async IAsyncEnumerable<BlockRow> CheckAsync(
        IAsyncEnumerable<BlockRow> rows, IReadOnlyList<VolumeRecord> volumes, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var known = volumes.Select(volume => (volume.Dataset, volume.Level)).ToHashSet();
        BlockRow? previous = null;
        await foreach (var row in rows.WithCancellation(cancellation))
        {
            if (!known.Contains((row.Dataset, row.Level)))
                throw new ArgumentException($"blocks: got one of {row.Dataset} level {row.Level}, expected only datasets and levels that have a volume.");
            if (previous is not null && Compare(previous, row) >= 0)
                throw new ArgumentException($"blocks: got {Name(row)} after {Name(previous)}, expected ascending dataset, level, z, y, x without repeats.");
            previous = row;
            yield return row;
        }
    }

    public static int Compare(BlockRow a, BlockRow b)
    {
        var order = string.CompareOrdinal(a.Dataset, b.Dataset);
        return order != 0 ? order : (a.Level, a.Z, a.Y, a.X).CompareTo((b.Level, b.Z, b.Y, b.X));
    }

    private static string Name(BlockRow row) => $"{row.Dataset} level {row.Level} [{row.Z}, {row.Y}, {row.X}]";
}
