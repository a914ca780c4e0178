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
    private readonly LocalStore _store;
    private readonly IReadOnlyList<IVolumeReader> _readers;

    private SourceVolume(LocalStore store, IReadOnlyList<IVolumeReader> readers, IVolumeReader array, IVolumeReader zyx, Box region, string place)
    {
        (_store, _readers) = (store, readers);
        (Array, Zyx, Region, Place) = (array, zyx, region, place);
    }

    /// <summary>The array as its format gives it.</summary>
    public IVolumeReader Array { get; }

    /// <summary>The array as a z, y, x volume.</summary>
    public IVolumeReader Zyx { get; }

    /// <summary>The voxels that are used.</summary>
    public Box Region { get; }

    /// <summary>File or folder, for messages and provenance.</summary>
    public string Place { get; }

    /// <param name="ledger">Download's: just the files that it answers for are seen, whatever else lies beside them.</param>
    /// <exception cref="EmException">The raw files hold no such array, or the crop lies outside it.</exception>
    public static async Task<SourceVolume> OpenAsync(StageContext context, Ledger ledger, CancellationToken cancellation)
    {
        var download = ledger.ResultAs<DownloadResult>();
        var dataset = context.Dataset;
        var root = Path.GetFullPath(Path.Combine(context.Data.Root, download.Root));
        var store = new LocalStore(root, ledger.ReadFiles().Select(file => KeyBelow(root, context.Data.Locate(file))).ToHashSet(StringComparer.Ordinal));
        IReadOnlyList<IVolumeReader> readers = [];
        try
        {
            var path = new VolumePath(store, download.Open);
            readers = await FormatRegistry.OpenAsync(path, dataset.Format, cancellation);
            var array = Choose(dataset, readers, path.ToString());
            var zyx = ZyxView.Of(array, dataset.Select);
            var region = download.Crop is { } crop ? new Box(crop.Origin, crop.Shape) : Box.Whole(zyx.Info.Shape);
            if (!Box.Whole(zyx.Info.Shape).Contains(region))
                throw new EmException(Fault.Configuration, $"datasets.{dataset.Name}.crop: got {region}, expected a box inside the volume's {zyx.Info.Shape}.");
            return new SourceVolume(store, readers, array, zyx, region, path.ToString());
        }
        catch
        {
            foreach (var reader in readers)
                await reader.DisposeAsync();
            await store.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var reader in _readers)
            await reader.DisposeAsync();
        await _store.DisposeAsync();
    }

    private static string KeyBelow(string root, string path) => Path.GetRelativePath(root, path).Replace(Path.DirectorySeparatorChar, '/');

    private static IVolumeReader Choose(DatasetConfig dataset, IReadOnlyList<IVolumeReader> readers, string place)
    {
        // The finest array, unless the configuration names one; a precomputed source names its scale where it is fetched.
        var wanted = dataset.Volume ?? (dataset.Source.Kind == SourceKind.Precomputed ? dataset.Source.Level : null);
        var chosen = wanted is null ? readers.FirstOrDefault() : readers.FirstOrDefault(reader => reader.Info.Name == wanted);
        return chosen ?? throw new EmException(
            Fault.Configuration,
            $"datasets.{dataset.Name}.volume: got '{wanted}', expected one of {string.Join(", ", readers.Select(reader => $"'{reader.Info.Name}'"))} in {place}.");
    }
}
