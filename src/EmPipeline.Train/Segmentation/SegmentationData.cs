using EmPipeline.Catalog;
using EmPipeline.Torch;
using EmPipeline.Volumes;

namespace EmPipeline.Train.Segmentation;

/// <summary>Patches with a label, of two parts of the catalogue's blocks that share no voxel. Owns what it opened.</summary>
internal sealed class SegmentationData : IAsyncDisposable
{
    private const int MostValidation = 24;
    private const int BaselineBatches = 32;
    private readonly SegmentationOptions _options;
    private readonly BlockSource _training;
    private readonly BlockSource _plain;
    private readonly BlockSource _validation;

    private SegmentationData(SegmentationOptions options, LabelledParts parts, BlockSource training, BlockSource plain, BlockSource validation)
    {
        (_options, Parts, _training, _plain, _validation) = (options, parts, training, plain, validation);
        Training = new BlockLoader(training, Loader(training));
    }

    public LabelledParts Parts { get; }

    /// <summary>From each dataset as much as from any other; half of each batch is centred on the label; patches are turned, flipped, and vary in contrast and brightness.</summary>
    public BlockLoader Training { get; }

    /// <summary>Blocks with the label, by dataset: to train on, to validate on.</summary>
    public IEnumerable<(string Dataset, int Training, int Validation)> Datasets
    {
        get
        {
            var (training, validation) = (Count(_plain), Count(_validation));
            return training.Keys.Union(validation.Keys).Order(StringComparer.Ordinal).Select(dataset => (dataset, training.GetValueOrDefault(dataset), validation.GetValueOrDefault(dataset)));
        }
    }

    /// <exception cref="EmException">There is no such label, nothing to validate on, or a volume cannot be opened.</exception>
    public static async Task<SegmentationData> OpenAsync(SegmentationOptions options, CancellationToken cancellation)
    {
        var catalog = await CatalogReader.OpenAsync(options.Catalog, TrainRemote.Options, cancellation);
        using var kept = catalog.KeepOpen();
        var parts = await LabelledParts.FindAsync(catalog, options, cancellation);
        var classes = (await catalog.ReadLabelClassesAsync(cancellation)).Where(row => row is { Origin: "groundtruth", Class: not null } && row.Label == options.Label).Select(row => row.Class!).Distinct();
        var plain = new BlockOptions
        {
            Shape = NdIndex.Filled(3, options.Patch), RandomCrop = true, Seed = (ulong)options.Seed,
            Remote = TrainRemote.Options, Mixing = Mixing.Repeat, Labels = [new LabelChoice(options.Label) { AsClasses = true }], Targets = [new Binary()],
        };
        var varied = plain with
        {
            Foreground = new Foreground { Share = 0.5, Classes = [.. classes.Select(name => new ForegroundClass(name))] },
            Transforms = [new Turn(), new Flip(), new Intensity()],
        };
        var opened = new List<BlockSource>();
        try
        {
            IReadOnlyList<SampleQuery> training = [.. parts.Training.Select(query => new SampleQuery(query) { Weight = 1 })];
            foreach (var (queries, block) in ((IReadOnlyList<SampleQuery>, BlockOptions)[])[(training, varied), (training, plain), ([new SampleQuery(parts.Validation)], plain)])
                opened.Add(await BlockSource.OpenAsync(options.Catalog, queries, block, cancellation));
            return new SegmentationData(options, parts, opened[0], opened[1], opened[2]);
        }
        catch
        {
            foreach (var source in opened)
                await source.DisposeAsync();
            throw;
        }
    }

    /// <summary>Patches of the training part as they are, for the baseline to choose by.</summary>
    public IEnumerable<BlockBatch> Unvaried(CancellationToken cancellation) => new BlockLoader(_plain, Loader(_plain)).Epochs(cancellation: cancellation).Take(BaselineBatches);

    /// <summary>The patches that are validated on: the same whenever it is asked.</summary>
    public IEnumerable<BlockBatch> Validation(CancellationToken cancellation) =>
        new BlockLoader(_validation, Loader(_validation)).Epochs(cancellation: cancellation).Take(MostValidation / _options.Batch is > 0 and var batches ? batches : 1);

    public async ValueTask DisposeAsync()
    {
        foreach (var source in (BlockSource[])[_training, _plain, _validation])
            await source.DisposeAsync();
    }

    // The last batch of an epoch would be a smaller one.
    private BlockLoaderOptions Loader(BlockSource source) => new() { BatchSize = _options.Batch, DropLast = source.Count >= _options.Batch };

    private static Dictionary<string, int> Count(BlockSource source) => source.Blocks.Distinct().GroupBy(block => block.Dataset).ToDictionary(blocks => blocks.Key, blocks => blocks.Count());
}
