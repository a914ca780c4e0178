using EmPipeline.Catalog;
using EmPipeline.Torch.Blocks;
using EmPipeline.Volumes;
using static TorchSharp.torch;

namespace EmPipeline.Torch.Items;

/// <summary>The labels of a catalogue, and how those of one volume are opened. Immutable.</summary>
internal sealed class LabelCatalogue
{
    private readonly IReadOnlyList<LabelVolumeRecord> _volumes;
    private readonly IReadOnlyList<LabelClassRecord> _rows;
    private readonly IReadOnlyList<LabelChoice> _choices;
    private readonly ScalarType _type;
    private readonly CatalogReader _catalog;

    private LabelCatalogue(IReadOnlyList<LabelVolumeRecord> volumes, IReadOnlyList<LabelClassRecord> rows, BlockOptions options, CatalogReader catalog)
    {
        (_volumes, _rows, _choices, _type, _catalog) = (volumes, rows, options.Labels, options.LabelType, catalog);
        Classes = [.. _choices.Select(ClassesOf)];
    }

    /// <summary>The names of classes 1, 2, … of each label that was chosen.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Classes { get; }

    public static async Task<LabelCatalogue> ReadAsync(CatalogReader catalog, BlockOptions options, CancellationToken cancellation) => options.Labels.Count == 0
        ? new([], [], options, catalog)
        : new(await catalog.ReadLabelVolumesAsync(cancellation), await catalog.ReadLabelClassesAsync(cancellation), options, catalog);

    /// <summary>Opens every chosen label of a dataset at the resolution that goes with samples of this voxel size; null for one that may be absent, and is.</summary>
    /// <param name="image">The dataset's image, where its labels have to lie.</param>
    /// <param name="sample">A sample's voxel size.</param>
    /// <exception cref="EmException">A label is absent, lies elsewhere, is no label or not what the catalogue says.</exception>
    public async Task<OpenLabel?[]> OpenAsync(string dataset, VoxelGrid image, VoxelSize sample, VolumeOpener open, CancellationToken cancellation)
    {
        var labels = new OpenLabel?[_choices.Count];
        try
        {
            for (var i = 0; i < labels.Length; i++)
            {
                if (Find(dataset, _choices[i], sample) is { } volume)
                    labels[i] = await OpenAsync(volume, image, i, open, cancellation);
            }

            return labels;
        }
        catch
        {
            foreach (var label in labels)
                await (label?.DisposeAsync() ?? default);
            throw;
        }
    }

    /// <summary>The coarsest level whose voxels are not larger than the sample's; where all are, the finest.</summary>
    private LabelVolumeRecord? Find(string dataset, LabelChoice choice, VoxelSize sample)
    {
        var levels = _volumes.Where(volume => volume.Dataset == dataset && volume.Origin == choice.Origin && volume.Label == choice.Name).OrderBy(volume => volume.Level).ToList();
        if (levels.Count > 0)
            return levels.FindLast(level => SampleGeometry.IsAtMost(level.VoxelSize, sample)) ?? levels[0];
        if (choice.IsOptional)
            return null;
        var known = _volumes.Where(volume => volume.Dataset == dataset).Select(volume => $"{volume.Origin}/{volume.Label}").Distinct().ToList();
        throw new EmException(
            Fault.Configuration,
            $"labels: got {choice}, expected one of dataset '{dataset}': {(known.Count > 0 ? string.Join(", ", known) : "it has none")}. "
            + "Leave the dataset out of the query, or set LabelChoice.IsOptional to have its samples unknown.");
    }

    private async Task<OpenLabel> OpenAsync(LabelVolumeRecord volume, VoxelGrid image, int choice, VolumeOpener open, CancellationToken cancellation)
    {
        var grid = VoxelGrid.Of(volume.Shape, volume.VoxelSize, volume.Centre);
        var place = $"label {_choices[choice]} of dataset '{volume.Dataset}'";
        if (volume.Type.IsFloat())
            throw new EmException(Fault.Unsupported, $"{place}: got {volume.Type.Name()}, expected whole numbers: ids have to be exact. Convert its source.");
        if (!_choices[choice].AsClasses && !LabelForm.Holds(_type, volume.Type))
            throw new EmException(Fault.Configuration, $"LabelType: got {_type}, expected a wider one for {place} of {volume.Type.Name()}. Int64 holds every id.");
        if (!grid.Overlaps(image))
            throw new EmException(Fault.Configuration, $"{place}: got {Extent(grid)}, expected an overlap with its image, {Extent(image)}. Correct the label's offset and voxelSize in the configuration.");
        var path = _catalog.Locate(volume.Path);
        var (reader, store) = await open(new StoredArray(path, await _catalog.ReadStoredShardsAsync(volume, cancellation)), cancellation);
        var label = new OpenLabel(reader, grid, new LabelMeaning([.. _rows.Where(row => (row.Dataset, row.Origin, row.Label) == (volume.Dataset, volume.Origin, volume.Label))], Classes[choice]), store);
        if (reader.Info.Shape == volume.Shape && reader.Info.Type == volume.Type)
            return label;
        await label.DisposeAsync();
        throw OpenVolume.Changed(path, reader.Info, $"{volume.Shape} {volume.Type.Name()}");
    }

    // Over all datasets, so that a class is the same number in each.
    private IReadOnlyList<string> ClassesOf(LabelChoice choice)
    {
        var classes = _rows.Where(row => row.Origin == choice.Origin && row.Label == choice.Name && row.Class is not null).Select(row => row.Class!).Distinct().ToList();
        return classes.Count <= sbyte.MaxValue
            ? classes
            : throw EmException.Unsupported($"label {choice}", $"a label of {classes.Count} classes (at most {sbyte.MaxValue})");
    }

    private static string Extent(VoxelGrid grid) => string.Create(
        System.Globalization.CultureInfo.InvariantCulture, $"{grid.Z.Begin:0.##} to {grid.Z.End:0.##}, {grid.Y.Begin:0.##} to {grid.Y.End:0.##}, {grid.X.Begin:0.##} to {grid.X.End:0.##} nm");
}
