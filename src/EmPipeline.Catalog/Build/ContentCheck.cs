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
