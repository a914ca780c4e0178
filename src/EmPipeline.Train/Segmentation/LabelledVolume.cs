using System.Runtime.InteropServices;
using EmPipeline.Catalog;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Volumes.Kernels;
using EmPipeline.Zarr;

namespace EmPipeline.Train.Segmentation;

/// <summary>A dataset's image and one label of it, read together at the image's finest level. Safe for concurrent use. Owns both readers.</summary>
internal sealed class LabelledVolume : IAsyncDisposable
{
    private readonly VolumeStatistics _statistics;
    private readonly LabelMeaning _meaning;
    private readonly VoxelGrid _imageGrid;
    private readonly VoxelGrid _labelGrid;
    private readonly IReadOnlyList<IAsyncDisposable> _opened;
    private readonly IVolumeReader _image;
    private readonly IVolumeReader _label;

    private LabelledVolume(
        VolumeRecord image, LabelVolumeRecord label, VolumeStatistics statistics, LabelMeaning meaning, IVolumeReader imageReader, IVolumeReader labelReader, IReadOnlyList<IAsyncDisposable> opened)
    {
        (Dataset, _statistics, _meaning, _image, _label, _opened) = (image.Dataset, statistics, meaning, imageReader, labelReader, opened);
        (_imageGrid, _labelGrid) = (VoxelGrid.Of(image.Shape, image.VoxelSize, (0, 0, 0)), VoxelGrid.Of(label.Shape, label.VoxelSize, label.Centre));
        var match = new GridMatch();
        match.Fill(_imageGrid, Box.Whole(image.Shape), _labelGrid);
        Region = new Box(new NdIndex(match[0].Known.Start, match[1].Known.Start, match[2].Known.Start), new NdIndex(match[0].Known.Count, match[1].Known.Count, match[2].Known.Count));
    }

    public string Dataset { get; }

    /// <summary>The image's voxels that have a label, whatever it says.</summary>
    public Box Region { get; }

    /// <summary>Opens every dataset that has the label, by name.</summary>
    /// <param name="wanted">Only these; empty: all.</param>
    /// <exception cref="EmException">No dataset has the label, one that is wanted does not, or cannot be opened.</exception>
    public static async Task<IReadOnlyList<LabelledVolume>> OpenAllAsync(
        string catalogFolder, string label, IReadOnlyList<string> wanted, IReadOnlyList<string> heldOut, CancellationToken cancellation)
    {
        var catalog = new CatalogReader(catalogFolder);
        using var kept = catalog.KeepOpen();
        var labels = (await catalog.ReadLabelVolumesAsync(cancellation)).Where(volume => volume is { Level: 0, Origin: "groundtruth" } && volume.Label == label).ToList();
        var lacking = wanted.FirstOrDefault(dataset => labels.All(volume => volume.Dataset != dataset));
        var chosen = labels.Where(volume => (wanted.Count == 0 || wanted.Contains(volume.Dataset)) && !heldOut.Contains(volume.Dataset)).ToList();
        if (lacking is not null || chosen.Count == 0)
        {
            var there = labels.Count == 0 ? "no dataset has it" : $"those that have it are {string.Join(", ", labels.Select(volume => volume.Dataset))}";
            throw new EmException(Fault.Configuration, $"label {label}: got {lacking ?? "no dataset to learn from"}, expected a dataset of {catalogFolder} that has it; {there}.");
        }

        var images = (await catalog.ReadVolumesAsync(cancellation)).Where(volume => volume.Level == 0).ToDictionary(volume => volume.Dataset);
        var classes = (await catalog.ReadLabelClassesAsync(cancellation)).ToLookup(row => (row.Dataset, row.Origin, row.Label));
        var statistics = await catalog.ReadStatisticsAsync(cancellation);
        var opened = new List<LabelledVolume>();
        foreach (var volume in chosen)
        {
            var meaning = new LabelMeaning(classes[(volume.Dataset, volume.Origin, volume.Label)]);
            opened.Add(await OpenAsync(catalog, images[volume.Dataset], volume, statistics.GetValueOrDefault((volume.Dataset, 0)), meaning, cancellation));
        }

        return opened;
    }

    /// <summary>Reads a box of the image and what the label says of it, all C order; beyond the volume everything is 0.</summary>
    /// <param name="grey">Receives normalised grey values.</param>
    /// <param name="target">Receives 1 for voxels of a class, else 0.</param>
    /// <param name="mask">Receives 1 for voxels that somebody looked at, else 0.</param>
    /// <exception cref="EmException">Image or label cannot be read.</exception>
    public async ValueTask ReadAsync(Box box, Memory<float> grey, Memory<float> target, Memory<float> mask, CancellationToken cancellation)
    {
        var (type, inside) = (_image.Info.Type, box.Intersect(Box.Whole(_image.Info.Shape)));
        var voxels = new byte[inside.Volume * type.Size()];
        await _image.ReadAsync(inside, voxels, cancellation);
        var values = new float[inside.Volume];
        GreyValues.Normalise(type, voxels, values, _statistics.Mean, _statistics.StandardDeviation);
        grey.Span.Clear();
        StridedCopy.Copy(MemoryMarshal.AsBytes(values.AsSpan()), inside, MemoryMarshal.AsBytes(grey.Span), box, sizeof(float));

        var match = new GridMatch();
        match.Fill(_imageGrid, box, _labelGrid);
        var stored = new byte[match.Hull.Volume * _label.Info.Type.Size()];
        if (!match.Hull.IsEmpty)
            await _label.ReadAsync(match.Hull, stored, cancellation);
        var (labels, known) = (new long[box.Volume], new byte[box.Volume]);
        LabelGather.Gather<long>(match, _label.Info.Type, stored, labels);
        LabelGather.Known(match, known);
        Interpret(labels, known, target.Span, mask.Span);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var opened in _opened)
            await opened.DisposeAsync();
    }

    private void Interpret(ReadOnlySpan<long> labels, ReadOnlySpan<byte> known, Span<float> target, Span<float> mask)
    {
        // Neighbours are mostly alike.
        var (last, meaning) = (labels[0], _meaning[labels[0]]);
        for (var i = 0; i < labels.Length; i++)
        {
            if (labels[i] != last)
                (last, meaning) = (labels[i], _meaning[labels[i]]);
            var counts = known[i] != 0 && meaning.IsKnown;
            (target[i], mask[i]) = (counts && meaning.IsOf ? 1 : 0, counts ? 1 : 0);
        }
    }

    private static async Task<LabelledVolume> OpenAsync(
        CatalogReader catalog, VolumeRecord image, LabelVolumeRecord label, VolumeStatistics statistics, LabelMeaning meaning, CancellationToken cancellation)
    {
        if (label.Type.IsFloat())
            throw new EmException(Fault.Configuration, $"{label.Dataset}, label {label.Label}: got {label.Type.Name()}, expected whole numbers.");
        var opened = new List<IAsyncDisposable>();
        try
        {
            var imageReader = await OpenAsync(image.Path, await catalog.ReadStoredShardsAsync(image, cancellation));
            var labelReader = await OpenAsync(label.Path, await catalog.ReadStoredShardsAsync(label, cancellation));
            var volume = new LabelledVolume(image, label, statistics, meaning, imageReader, labelReader, opened);
            return !volume.Region.IsEmpty
                ? volume
                : throw new EmException(Fault.Configuration, $"{label.Dataset}, label {label.Label}: got no voxel in common with its image, expected some.");
        }
        catch
        {
            foreach (var one in opened)
                await one.DisposeAsync();
            throw;
        }

        async Task<IVolumeReader> OpenAsync(string path, StoredShards? shards)
        {
            var store = new LocalStore(Path.Combine(catalog.DataFolder, path));
            opened.Add(store);
            var readers = await ZarrVolumes.OpenAsync(new VolumePath(store, ""), shards is null ? null : shards.IsStored, cancellation);
            opened.InsertRange(0, readers);
            return readers.Count == 1 ? readers[0] : throw EmException.Corrupt(path, $"got {readers.Count} arrays, expected one. Run ./build.sh to make it again.");
        }
    }
}
