using EmPipeline.Formats;
using EmPipeline.Stages.Configuration;
using EmPipeline.Stages.Download;
using EmPipeline.Stages.Ledgers;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Zarr;

namespace EmPipeline.Stages;

/// <summary>The opened volume of a dataset: the array that the configuration names, and the part of it that is used.</summary>
internal sealed class SourceVolume : IAsyncDisposable
{
    private readonly IReadOnlyList<IVolumeReader> _readers;
    private IStore? _owned;

    private SourceVolume(DatasetConfig dataset, VolumePath path, IReadOnlyList<IVolumeReader> readers, string? wanted)
    {
        _readers = readers;
        Place = path.ToString();
        Array = (wanted is null ? readers.FirstOrDefault() : readers.FirstOrDefault(reader => reader.Info.Name == wanted)) ?? throw new EmException(
            Fault.Configuration,
            $"{dataset.Place}.volume: got '{wanted}', expected one of {string.Join(", ", readers.Select(reader => $"'{reader.Info.Name}'"))} in {Place}.");
        ArrayPath = path.Child(Array.Info.Name);
        Zyx = ZyxView.Of(Array, dataset.Select);
        Levels = [Zyx, .. Coarser(readers, Array.Info).Select(reader => ZyxView.Of(reader, dataset.Select))];
        Region = Box.Whole(Zyx.Info.Shape);
    }

    /// <summary>The array as its format gives it.</summary>
    public IVolumeReader Array { get; }

    /// <summary>The key of the array in its store, where arrays have one.</summary>
    public string ArrayPath { get; }

    /// <summary>The array as a z, y, x volume.</summary>
    public IVolumeReader Zyx { get; }

    /// <summary><see cref="Zyx"/> and the coarser levels of the same pyramid, as far as the source has them.</summary>
    public IReadOnlyList<IVolumeReader> Levels { get; }

    /// <summary>The voxels that are used, in those of <see cref="Zyx"/>.</summary>
    public Box Region { get; private set; }

    /// <summary>File or folder, for messages and provenance.</summary>
    public string Place { get; }

    /// <summary>Opens the raw files of a finished Download.</summary>
    /// <exception cref="EmException">The raw files hold no such array, or the crop lies outside it.</exception>
    public static Task<SourceVolume> OpenAsync(StageContext context, Ledger download, CancellationToken cancellation)
    {
        var result = download.ResultAs<DownloadResult>();
        return OpenAsync(context, result.Root, result.Open, download.ReadFiles().Select(context.Data.Locate), result.Crop, cancellation);
    }

    /// <param name="root">The folder of the raw files, relative to the data folder or absolute.</param>
    /// <param name="files">In a raw folder, and of the files that a pattern chose, just these are seen, whatever else lies beside them.</param>
    public static async Task<SourceVolume> OpenAsync(
        StageContext context, string root, string open, IEnumerable<string> files, ChosenCrop? crop, CancellationToken cancellation)
    {
        var dataset = context.Dataset;
        var folder = Path.GetFullPath(Path.Combine(context.Data.Root, root));
        // A file, or one level of a group, that is used in place may lead to others beside and above it.
        var only = Path.IsPathRooted(root) && open.Length > 0
            ? null
            : new KeySet(files.Select(file => Path.GetRelativePath(folder, file).Replace(Path.DirectorySeparatorChar, '/')));
        var store = new LocalStore(folder, only);
        SourceVolume? volume = null;
        try
        {
            // A precomputed source names its scale where it is fetched.
            var wanted = dataset.Volume ?? (dataset.Source.Kind == SourceKind.Precomputed ? dataset.Source.Level : null);
            volume = await OpenAsync(dataset, new VolumePath(store, open), wanted, cancellation);
            volume._owned = store;
            if (crop is not null)
            {
                volume.Region = new Box(crop.FilesFrom is { } first ? crop.Origin - first : crop.Origin, crop.Shape);
                CropChoice.Check(dataset, volume.Region, volume.Zyx.Info.Shape);
            }

            return volume;
        }
        catch
        {
            if (volume is not null)
                await volume.DisposeAsync();
            await store.DisposeAsync();
            throw;
        }
    }

    /// <summary>Opens what lies at any place; the store is not owned.</summary>
    /// <param name="wanted">The array's name there; null for the first.</param>
    public static async ValueTask<SourceVolume> OpenAsync(DatasetConfig dataset, VolumePath path, string? wanted, CancellationToken cancellation)
    {
        var readers = await FormatRegistry.OpenAsync(path, dataset.Format, cancellation);
        try
        {
            return new SourceVolume(dataset, path, readers, wanted);
        }
        catch
        {
            foreach (var reader in readers)
                await reader.DisposeAsync();
            throw;
        }
    }

    /// <summary>A box of <see cref="Zyx"/> in the axes of <see cref="Array"/>.</summary>
    public Box InArray(Box box) => Zyx is ZyxView view ? view.InSource(box) : box;

    public async ValueTask DisposeAsync()
    {
        foreach (var reader in _readers)
            await reader.DisposeAsync();
        if (_owned is not null)
            await _owned.DisposeAsync();
    }

    // Metadata numbers the levels of a pyramid; arrays that merely lie side by side have no number but 0.
    private static IEnumerable<IVolumeReader> Coarser(IReadOnlyList<IVolumeReader> readers, VolumeInfo finest) => readers
        .Where(reader => reader.Info.Level > finest.Level && Group(reader.Info) == Group(finest) && reader.Info.Type == finest.Type && reader.Info.Axes == finest.Axes)
        .OrderBy(reader => reader.Info.Level);

    private static string Group(VolumeInfo info) => info.Name[..Math.Max(0, info.Name.LastIndexOf('/'))];
}
