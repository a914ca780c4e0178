namespace EmPipeline.Formats.ImageStack;

/// <summary>The order in which the files of a folder become the slices of a stack.</summary>
public static class SliceOrder
{
    /// <summary>File names in natural order (2 before 10); null when they are not all of one kind of slice.</summary>
    public static IReadOnlyList<string>? Of(IReadOnlyCollection<string> fileNames)
    {
        var kinds = fileNames.Select(ImageStackFolder.Kind).Distinct().ToList();
        return kinds is [not null] ? [.. fileNames.Select(name => new SliceName(name)).Order().Select(name => name.FileName)] : null;
    }
}
