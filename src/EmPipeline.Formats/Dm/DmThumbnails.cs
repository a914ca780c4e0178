namespace EmPipeline.Formats.Dm;

/// <summary>Tells thumbnails from images.</summary>
internal static class DmThumbnails
{
    /// <summary>
    /// The indices in ImageList of what is only a picture of the data. Files say so in Thumbnails; one that does not has a thumbnail
    /// when its first entry is in colour, others follow, and no document shows it. What is all thumbnails has none.
    /// </summary>
    public static HashSet<int> Of(DmGroup root)
    {
        var images = root.Group("ImageList")?.Groups.ToArray() ?? [];
        var stated = root.Group("Thumbnails")?.Groups
            .Select(thumbnail => thumbnail["ImageIndex"]).OfType<DmNumber>()
            .Select(number => (int)number.AsDouble).ToHashSet() ?? [];
        if (stated.Count > 0)
            return Enumerable.Range(0, images.Length).All(stated.Contains) ? [] : stated;

        var first = images.FirstOrDefault()?.At<DmNumber>("ImageData", "DataType")?.AsDouble;
        var shown = root.Group("ImageSourceList")?.Groups
            .Select(source => source["ImageRef"]).OfType<DmNumber>().Any(reference => (int)reference.AsDouble == 0) ?? false;
        return first == DmPixels.Rgba && images.Length > 1 && !shown ? [0] : [];
    }
}
