using EmPipeline.Catalog;
using EmPipeline.Stages.Configuration;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Catalog;

/// <summary>What the configurations of complete datasets say of splits, as catalogue records.</summary>
internal static class SplitSource
{
    private static readonly NdIndex None = NdIndex.Filled(3, 0);

    /// <param name="warn">Told of every cut whose tissue might be of another part in the whole, and so is of none.</param>
    public static IReadOnlyList<SplitRecord> Of(IReadOnlyList<CatalogSource> complete, Action<string> warn)
    {
        var splits = complete.Where(source => source.Within is null).SelectMany(source => source.Splits.Select(split => Of(source, split))).ToList();
        var wholes = splits.ToDictionary(split => (split.Dataset, split.Split));
        foreach (var cut in complete.Where(source => source.Within is not null))
        {
            foreach (var split in cut.Splits)
            {
                if (cut.PlaceWithin is { } place && wholes.GetValueOrDefault((cut.Within!, split.Name)) is { } whole)
                    splits.Add(whole with { Dataset = cut.Name, Offset = place });
                else
                    warn($"splits.{split.Name}: {cut.Name} is of no part: got {(cut.PlaceWithin is null ? "no place of it in" : "no such split of")} {cut.Within}, expected to know which of its tissue is in which part. Run {cut.Within} and then {cut.Name}, or remove 'within'.");
            }
        }

        return splits;
    }

    private static SplitRecord Of(CatalogSource source, SplitConfig split)
    {
        var block = source.Volumes.First().Block;
        return new SplitRecord
        {
            Split = split.Name,
            Dataset = source.Name,
            Whole = source.Name,
            Offset = None,
            Seed = split.Seed,
            Shares = split.Shares,
            Cell = split.Cell ?? block * NdIndex.Filled(3, 4),
            Halo = split.Halo ?? NdIndex.FloorDivide(block, NdIndex.Filled(3, 2)),
        };
    }
}
