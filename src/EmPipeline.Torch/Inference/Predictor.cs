using System.Globalization;
using EmPipeline.Catalog;
using EmPipeline.Storage;
using EmPipeline.Torch.Blocks;
using EmPipeline.Torch.Inference;
using EmPipeline.Volumes;
using EmPipeline.Volumes.Kernels;
using EmPipeline.Volumes.Labels;
using EmPipeline.Volumes.Rechunk;
using EmPipeline.Zarr;
using static TorchSharp.torch;

namespace EmPipeline.Torch;

/// <summary>
/// Gives a whole volume to a model, tile by tile, blends what it predicts and writes that as OME-Zarr beside the image: probabilities as
/// <c>predictions/&lt;channel&gt;</c>, labels as <c>labels/prediction/&lt;channel&gt;</c>. Can be killed at any moment and run again: finished shards
/// stay, and the result is the same bytes if the model gives the same for the same batch. Memory does not grow with the volume: see
/// <see cref="PredictOptions.MemoryBytes"/>. Owns the opened volume. One run at a time.
/// </summary>
public sealed class Predictor : IAsyncDisposable
{
    private readonly IVolumeReader _reader;
    private readonly IAsyncDisposable? _store;
    private readonly string _array;
    private readonly string _input;
    private readonly VolumeStatistics? _statistics;
    private readonly InputPlace _place;
    private readonly CataloguedImage? _image;

    private Predictor(string array, string input, IVolumeReader reader, IAsyncDisposable? store, VolumeStatistics? statistics, InputPlace place, CataloguedImage? image)
    {
        (_array, _input, _reader, _store, _statistics, _place, _image) = (array, input, reader, store, statistics, place, image);
        Info = reader.Info with { VoxelSize = reader.Info.VoxelSize.Or(place.VoxelSize) };
    }

    /// <summary>The volume that is predicted.</summary>
    public VolumeInfo Info { get; }

    /// <summary>Opens a dataset of a catalogue.</summary>
    /// <param name="level">The pyramid level, 0 the finest.</param>
    /// <exception cref="EmException">No catalogue, no such dataset or level, or its volume cannot be opened.</exception>
    public static async Task<Predictor> OpenAsync(string catalogFolder, string dataset, int level = 0, CancellationToken cancellation = default)
    {
        var catalog = new CatalogReader(catalogFolder);
        using var kept = catalog.KeepOpen();
        var volumes = await catalog.ReadVolumesAsync(cancellation);
        var found = volumes.FirstOrDefault(volume => volume.Dataset == dataset && volume.Level == level)
            ?? throw new EmException(
                Fault.Configuration,
                $"dataset: got {dataset} s{level}, expected one of {string.Join(", ", volumes.Select(volume => string.Create(CultureInfo.InvariantCulture, $"{volume.Dataset} s{volume.Level}")))}.");
        var statistics = await catalog.ReadStatisticsAsync(cancellation);
        var table = Path.Combine(catalog.DataFolder, "state", dataset, "Rechunk.shards");
        var image = await CataloguedImage.OfAsync(volumes.First(volume => volume.Dataset == dataset && volume.Level == 0), table, cancellation);
        return await OpenAsync(
            new StoredArray(Path.Combine(catalog.DataFolder, found.Path), await catalog.ReadStoredShardsAsync(found, cancellation)),
            table, statistics.TryGetValue((dataset, level), out var known) ? known : null, image, cancellation);
    }

    /// <summary>Opens a Zarr array in a local folder, such as "em.zarr/s0". What is predicted is written to the folder that holds it.</summary>
    /// <exception cref="EmException">Nothing is there, or it is no three-dimensional array.</exception>
    public static Task<Predictor> OpenVolumeAsync(string arrayFolder, CancellationToken cancellation = default) => OpenAsync(new StoredArray(arrayFolder), null, null, null, cancellation);

    private static async Task<Predictor> OpenAsync(StoredArray stored, string? table, VolumeStatistics? statistics, CataloguedImage? image, CancellationToken cancellation)
    {
        TorchRuntime.EnsureLoadable();
        var array = Path.TrimEndingDirectorySeparator(Path.GetFullPath(stored.Path));
        var (reader, store) = await OpenVolume.OpenZarrAsync(stored with { Path = array }, cancellation);
        if (reader.Info.Shape.Rank == 3)
            return new Predictor(array, await InputIdentity.OfAsync(array, table, cancellation), reader, store, statistics, await InputPlace.OfAsync(array, cancellation), image);
        await reader.DisposeAsync();
        throw EmException.Unsupported(array, $"an array of {reader.Info.Shape.Rank} axes as input of a prediction");
    }

    /// <summary>Predicts the volume, or what of it an earlier run of the same model and options did not finish.</summary>
    /// <param name="model">
    /// From [b, 1, z, y, x], float32 on <see cref="PredictOptions.Device"/>, normalised, to [b, channels, z, y, x], with or without the halo.
    /// Called without gradients, one batch after another, all on one thread. Tensors that it makes are disposed for it; of the last batches of a row b may be less.
    /// </param>
    /// <param name="progress">In voxels of the first volume that is written.</param>
    /// <exception cref="EmException">An option is wrong, the model failed, the volume cannot be read, or the disk refused. What was finished is kept.</exception>
    public async Task<PredictionResult> RunAsync(
        Func<Tensor, Tensor> model, PredictOptions options, IProgress<RechunkProgress>? progress = null, CancellationToken cancellation = default)
    {
        PredictChecks.Check(options);
        options = options with { Mean = options.Mean ?? _statistics?.Mean ?? 0, Deviation = options.Deviation ?? Usable(_statistics?.StandardDeviation) };
        var (info, outputs) = (Info, OutputKind.Of(options));
        var column = SweepColumn.Choose(info.Shape, options, outputs);
        var record = PredictionRecord.Of(options, _input, Path.GetFileName(_array), column);
        var group = Path.GetDirectoryName(_array)!;
        using var guard = ExclusiveFile.TryAcquire(Path.Combine(group, "predictions", ".guard"), leaveNothing: true)
            ?? throw new EmException(Fault.Configuration, $"{group}: got a prediction that is at work there, expected none. Wait for it to end.");
        TileAxis[] axes = [.. Enumerable.Range(0, 3).Select(axis => new TileAxis(info.Shape[axis], options.Core[axis], options.Overlap[axis], options.Sigma))];
        using var tiles = new TileModel(model, options);
        using var sweep = new PredictionSweep(
            new TileReader(_reader, options.Mean.Value, options.Deviation.Value, options.Border), tiles, options, _array, axes, NdIndex.Min(column, info.Shape));
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var shared = new SharedSweep(sweep, outputs.Count, linked.Token);
        var runs = outputs.Select((output, i) => Task.Run(() => WriteAsync(shared, output, i == 0 ? progress : null), CancellationToken.None)).ToArray();
        await ((Task)Task.WhenAll(runs)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellation.ThrowIfCancellationRequested();
        // The others were only told to stop.
        foreach (var run in runs.Where(run => run.IsFaulted))
            await run;
        RechunkResult[] written = [.. runs.Select(run => run.GetAwaiter().GetResult())];
        var probabilities = outputs.Where(output => !output.IsLabel).ToDictionary(output => Path.GetFileName(output.Path), output => output.Path);
        for (var i = 0; i < outputs.Count; i++)
        {
            if (_image is not null && Label(outputs[i]) is { } label)
                await FinishedLabel.WriteAsync(Folder(outputs[i]), label, written[i].Levels, _image, options.ModelHash, probabilities, cancellation);
        }

        return new PredictionResult([.. outputs.Select(Folder)], written, sweep.Tiles);

        string Folder(OutputKind output) => Path.Combine([group, .. output.Path.Split('/')]);

        async Task<RechunkResult> WriteAsync(SharedSweep shared, OutputKind output, IProgress<RechunkProgress>? progress)
        {
            try
            {
                PredictedLabel.Withdraw(Folder(output));
                await using var source = new PredictedReader(shared, output, info, column);
                return await ZarrRechunk.RunAsync(source, Box.Whole(info.Shape), Folder(output), Path.Combine(Folder(output), PredictedLabel.ShardsName), Rechunk(output), progress, linked.Token);
            }
            catch
            {
                await linked.CancelAsync();
                throw;
            }
            finally
            {
                shared.Leave();
            }
        }

        RechunkOptions Rechunk(OutputKind output) => new()
        {
            Name = Path.GetFileName(output.Path), SourceIdentity = PredictionRecord.Identity(record, output), Shard = options.Shard, Chunk = options.Chunk, Codec = options.Codec,
            Levels = options.Levels, Downsample = output.IsLabel ? DownsampleMethod.Mode : DownsampleMethod.Mean, VoxelSize = info.VoxelSize,
            // Counted by the column's choice already.
            MemoryBytes = Math.Max(options.MemoryBytes, 1L << 30) * 2, Attributes = PredictionRecord.Attributes(record, output), Label = Label(output),
        };
    }

    /// <summary>How a label is described; null for what is none, and where its place in nanometres is not known.</summary>
    private LabelDescription? Label(OutputKind output) => output.IsLabel && Info.VoxelSize.IsKnown && _place.Centre is { } centre
        ? new LabelDescription
        {
            Origin = "prediction", Name = Path.GetFileName(output.Path), Annotation = "automatic", Centre = centre,
            Scheme = LabelScheme.OfClasses(output.ClassNames.ToDictionary(pair => (Int128)pair.Key, pair => pair.Value)),
        }
        : null;

    public async ValueTask DisposeAsync()
    {
        await _reader.DisposeAsync();
        if (_store is not null)
            await _store.DisposeAsync();
    }

    private static double Usable(double? deviation) => deviation is > 0 ? deviation.Value : 1;
}
