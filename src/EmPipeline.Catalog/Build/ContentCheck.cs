using EmPipeline.Volumes;

namespace EmPipeline.Catalog.Build;

/// <summary>What the small tables promise each other: unique keys, and no row about a dataset that is not there.</summary>
internal static class ContentCheck
{
    public static void Run(CatalogContent content)
    {
        RequireUnique("datasets, left_out", content.Datasets.Select(row => row.Name).Concat(content.LeftOut.Select(row => row.Dataset)));
        RequireUnique("volumes", content.Volumes.Select(row => $"{row.Dataset} level {row.Level}"));
        var known = content.Datasets.Select(row => row.Name).ToHashSet();
        RequireKnown("volumes", content.Volumes.Select(row => row.Dataset), known);
        RequireKnown("metadata", content.Metadata.Select(row => row.Dataset), known);
        RequireKnown("conflicts", content.Conflicts.Select(row => row.Dataset), known);
        RequireUnique("label_volumes", content.LabelVolumes.Select(row => $"{row.Dataset} {row.Origin}/{row.Label} level {row.Level}"));
        RequireUnique("label_classes", content.LabelClasses.Select(row => $"{row.Dataset} {row.Origin}/{row.Label} value {row.Value ?? "other"}"));
        RequireKnown("label_volumes", content.LabelVolumes.Select(row => row.Dataset), known);
        RequireLabels(content);
        RequireUnique("sections", content.Sections.Select(row => $"{row.Dataset} {row.Axis} {row.Index}"));
        RequireKnown("sections", content.Sections.Select(row => row.Dataset), content.Volumes.Where(row => row.Level == 0).Select(row => row.Dataset).ToHashSet());
        RequireUnique("runs", content.Runs.Select(row => $"{row.Run} {row.Dataset} {row.Stage}"));
        RequireUnique("splits", content.Splits.Select(row => $"{row.Dataset} {row.Split}"));
        foreach (var split in content.Splits)
            RequireSplit(split, content);
    }

    private static void RequireSplit(SplitRecord split, CatalogContent content)
    {
        foreach (var dataset in (string[])[split.Dataset, split.Whole])
        {
            if (!content.Volumes.Any(volume => volume.Dataset == dataset && volume.Level == 0))
                throw new ArgumentException($"splits: got {split.Split} of {split.Dataset} within {split.Whole}, expected both to have a volume of level 0.");
        }

        RequireUnique($"splits, parts of {split.Split}", split.Shares.Select(share => share.Part));
        if (split.Shares.Count == 0 || split.Shares.Any(share => !(share.Share > 0 && double.IsFinite(share.Share))))
            throw new ArgumentException($"splits: got {split.Split} with shares {string.Join(", ", split.Shares.Select(share => share.Share))}, expected at least one, and each above 0.");
        if (NdIndex.Min(split.Cell, NdIndex.Filled(3, 1)) != NdIndex.Filled(3, 1) || NdIndex.Min(split.Halo, NdIndex.Filled(3, 0)) != NdIndex.Filled(3, 0))
            throw new ArgumentException($"splits: got {split.Split} with cells of {split.Cell} and a halo of {split.Halo}, expected cells of at least 1 and no negative halo.");
    }

    private static void RequireLabels(CatalogContent content)
    {
        if (content.LabelVolumes.FirstOrDefault(row => !row.VoxelSize.IsKnown) is { } unknown)
            throw new ArgumentException($"label_volumes: got {unknown.Dataset} {unknown.Origin}/{unknown.Label} with voxel size {unknown.VoxelSize}, expected a known one.");
        var labels = content.LabelVolumes.Select(row => (row.Dataset, row.Origin, row.Label)).ToHashSet();
        if (content.LabelClasses.FirstOrDefault(row => !labels.Contains((row.Dataset, row.Origin, row.Label))) is { } lost)
            throw new ArgumentException($"label_classes: got a row about {lost.Dataset} {lost.Origin}/{lost.Label}, expected only labels of the label_volumes table.");
    }

    private static void RequireUnique(string table, IEnumerable<string> keys)
    {
        var seen = new HashSet<string>();
        foreach (var key in keys)
        {
            if (!seen.Add(key))
                throw new ArgumentException($"{table}: got '{key}' twice, expected each once.");
        }
    }

    private static void RequireKnown(string table, IEnumerable<string> datasets, HashSet<string> known)
    {
        foreach (var dataset in datasets)
        {
            if (!known.Contains(dataset))
                throw new ArgumentException($"{table}: got a row about '{dataset}', expected only datasets of the datasets table.");
        }
    }
}
