using System.Globalization;
using EmPipeline.Catalog;

namespace EmPipeline.Explorer.Catalogue;

/// <summary>The arrays of a catalogue as it was at one moment. Immutable.</summary>
/// <param name="Version">Another for every catalogue that was written.</param>
/// <param name="Layers">By dataset; the image first.</param>
internal sealed record CatalogueState(string Version, IReadOnlyDictionary<string, IReadOnlyList<Layer>> Layers)
{
    public Layer? Find(string dataset, string layer) => Layers.GetValueOrDefault(dataset)?.FirstOrDefault(found => found.Name == layer);

    public static async Task<CatalogueState> ReadAsync(CatalogReader catalog, string version, CancellationToken cancellation)
    {
        // One and the same catalogue answers all of it.
        using var open = catalog.KeepOpen();
        var images = await catalog.ReadVolumesAsync(cancellation);
        var labels = await catalog.ReadLabelVolumesAsync(cancellation);
        var classes = await catalog.ReadLabelClassesAsync(cancellation);
        var layers = new SortedDictionary<string, IReadOnlyList<Layer>>(StringComparer.Ordinal);
        foreach (var image in images.GroupBy(volume => volume.Dataset))
        {
            var finest = image.MinBy(volume => volume.Level)!;
            List<Layer> all = [new(image.Key, Layer.Image, Layer.Image, [.. image.OrderBy(volume => volume.Level).Select(level => Of(catalog, level, finest))], new HashSet<ulong>())];
            all.AddRange(labels.Where(label => label.Dataset == image.Key).GroupBy(label => (label.Origin, label.Label)).Select(label => Of(
                catalog, [.. label.OrderBy(level => level.Level)],
                classes.Where(meaning => !meaning.Known && (meaning.Dataset, meaning.Origin, meaning.Label) == (image.Key, label.Key.Origin, label.Key.Label)))));
            layers[image.Key] = all;
        }

        return new CatalogueState(version, layers);
    }

    private static LayerLevel Of(CatalogReader catalog, VolumeRecord level, VolumeRecord finest)
    {
        double?[] size = [level.VoxelSize.Z, level.VoxelSize.Y, level.VoxelSize.X], first = [finest.VoxelSize.Z, finest.VoxelSize.Y, finest.VoxelSize.X];
        var (scale, centre) = (new double[3], new double[3]);
        for (var axis = 0; axis < 3; axis++)
        {
            // How much coarser a level is follows from the extents where nothing states a size.
            scale[axis] = size[axis] ?? Math.Pow(2, Math.Round(Math.Log2((double)finest.Shape[axis] / level.Shape[axis])));
            centre[axis] = (scale[axis] - (first[axis] ?? 1)) / 2;
        }

        return new LayerLevel(level.Level, level.Path, level.Shape, level.Type, size, centre, scale, cancellation => catalog.ReadStoredShardsAsync(level, cancellation));
    }

    private static Layer Of(CatalogReader catalog, IReadOnlyList<LabelVolumeRecord> levels, IEnumerable<LabelClassRecord> unknown) => new(
        levels[0].Dataset, $"{levels[0].Origin}/{levels[0].Label}", levels[0].Kind,
        [
            .. levels.Select(level => new LayerLevel(
                level.Level, level.Path, level.Shape, level.Type, [level.VoxelSize.Z, level.VoxelSize.Y, level.VoxelSize.X], [level.Centre.Z, level.Centre.Y, level.Centre.X],
                [level.VoxelSize.Z ?? 1, level.VoxelSize.Y ?? 1, level.VoxelSize.X ?? 1], cancellation => catalog.ReadStoredShardsAsync(level, cancellation))),
        ],
        unknown.Select(meaning => ulong.TryParse(meaning.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : (ulong?)null).OfType<ulong>().ToHashSet());
}
