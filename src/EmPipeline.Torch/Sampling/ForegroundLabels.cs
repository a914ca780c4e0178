using EmPipeline.Catalog;
using EmPipeline.Torch.Blocks;
using EmPipeline.Volumes;

namespace EmPipeline.Torch.Sampling;

/// <summary>Opens what foreground is drawn from. Owns the labels' readers.</summary>
internal sealed class ForegroundLabels : IAsyncDisposable
{
    private readonly Dictionary<string, LabelChunkReader> _readers = [];

    private ForegroundLabels()
    {
    }

    /// <summary>A query each.</summary>
    public IReadOnlyList<QueryForeground> Queries { get; private set; } = [];

    /// <exception cref="EmException">The options are out of range, a class is absent, or a label is none that can be drawn from.</exception>
    public static async Task<ForegroundLabels> OpenAsync(
        CatalogReader catalog, IReadOnlyList<QueryBlocks> queries, Foreground foreground,
        VolumeOpener open, CancellationToken cancellation)
    {
        Check(foreground);
        var labels = new ForegroundLabels();
        try
        {
            var images = (await catalog.ReadVolumesAsync(cancellation)).ToDictionary(volume => (volume.Dataset, volume.Level));
            var meanings = (await catalog.ReadLabelClassesAsync(cancellation)).Where(row => row.Origin == foreground.Origin).ToList();
            var datasets = string.Join(", ", queries.SelectMany(query => query.Volumes).Select(volume => Quote(volume.Dataset)).Distinct());
            var classes = new List<LabelChunks>();
            foreach (var entry in foreground.Classes)
                classes.Add(await catalog.ReadLabelChunksAsync(entry.Name, $"origin = {Quote(foreground.Origin)} AND dataset IN ({datasets})", cancellation: cancellation));
            foreach (var range in classes.SelectMany(chunks => chunks.Labels).DistinctBy(range => range.Label.Path))
                labels._readers.Add(range.Label.Path, await OpenAsync(catalog, range.Label, open, cancellation));
            labels.Queries = [.. queries.Select(query => new QueryForeground(query, [.. classes.Select(chunks => labels.Voxels(query, chunks, images, meanings))]))];
            return labels;
        }
        catch
        {
            await labels.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var reader in _readers.Values)
            await reader.DisposeAsync();
    }

    private ClassVoxels Voxels(QueryBlocks query, LabelChunks chunks, Dictionary<(string, int), VolumeRecord> images, List<LabelClassRecord> meanings)
    {
        var layers = from range in chunks.Labels
                     let label = range.Label
                     let values = new LabelValues([.. meanings.Where(row => row.Dataset == label.Dataset && row.Label == label.Label)], chunks.Class)
                     from volume in query.Volumes
                     where volume.Dataset == label.Dataset
                     let image = Grid(images[(volume.Dataset, volume.Level)], images[(volume.Dataset, 0)])
                     let parts = new ChunkParts(VoxelGrid.Of(label.Shape, label.VoxelSize, label.Centre), label.Chunk, image, volume.Block)
                     select new ClassVoxels.Layer(range, _readers[label.Path], values, parts, volume, query.Chosen(volume));
        var voxels = new ClassVoxels(chunks.Class, chunks, [.. layers]);
        return voxels.Voxels > 0
            ? voxels
            : throw new EmException(
                Fault.Configuration,
                $"foreground: got class '{chunks.Class}', of which the chosen blocks of {string.Join(", ", query.Volumes.Select(volume => volume.Dataset).Distinct())} hold no voxel, expected one of those that they hold. "
                + $"The catalogue knows: {string.Join(", ", meanings.Where(row => row.Class is not null).Select(row => $"{row.Class} of {row.Dataset}").Distinct().Order(StringComparer.Ordinal).DefaultIfEmpty("none"))}.");
    }

    /// <summary>A coarser level's first centre lies in the middle of the finest's voxels that it was made from.</summary>
    private static VoxelGrid Grid(VolumeRecord level, VolumeRecord finest)
    {
        if (level.VoxelSize is not { Z: { } z, Y: { } y, X: { } x } || finest.VoxelSize is not { Z: { } z0, Y: { } y0, X: { } x0 })
            throw new EmException(Fault.Configuration, $"foreground: got dataset '{level.Dataset}', whose voxel size is unknown, expected one that is known: labels are matched in nanometres. Set voxelSize in the configuration.");
        return VoxelGrid.Of(level.Shape, level.VoxelSize, ((z - z0) / 2, (y - y0) / 2, (x - x0) / 2));
    }

    private static async Task<LabelChunkReader> OpenAsync(CatalogReader catalog, LabelVolumeRecord label, VolumeOpener open, CancellationToken cancellation)
    {
        var path = catalog.Locate(label.Path);
        if (label.Type.IsFloat())
            throw new EmException(Fault.Unsupported, $"label {label.Origin}/{label.Label} of {label.Dataset}: got {label.Type.Name()}, expected whole numbers: ids have to be exact. Convert its source.");
        var (reader, store) = await open(new StoredArray(path, await catalog.ReadStoredShardsAsync(label, cancellation)), cancellation);
        var chunks = new LabelChunkReader(reader, store);
        if (reader.Info.Shape == label.Shape && reader.Info.Type == label.Type)
            return chunks;
        await chunks.DisposeAsync();
        throw EmException.Corrupt(path, $"got {reader.Info.Shape} {reader.Info.Type.Name()}, expected {label.Shape} {label.Type.Name()} as in the catalogue, which was made before the label. Run ./build.sh Catalog.");
    }

    private static void Check(Foreground foreground)
    {
        if (!(foreground.Share is > 0 and <= 1))
            throw new EmException(Fault.Configuration, $"foreground: got a share of {OptionsText.Of(foreground.Share)}, expected one above 0 and at most 1.");
        if (foreground.Classes.Count == 0)
            throw new EmException(Fault.Configuration, "foreground: got no class, expected at least one.");
        foreach (var entry in foreground.Classes)
        {
            if (!(entry.Weight > 0 && double.IsFinite(entry.Weight)))
                throw new EmException(Fault.Configuration, $"foreground: got a weight of {OptionsText.Of(entry.Weight)} for class '{entry.Name}', expected a number above 0.");
        }
    }

    private static string Quote(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
