using EmPipeline.Catalog;
using EmPipeline.Storage;
using EmPipeline.Torch.Blocks;
using EmPipeline.Torch.Items;
using EmPipeline.Torch.Runtime;
using EmPipeline.Torch.Sampling;
using EmPipeline.Volumes;
using static TorchSharp.torch;

namespace EmPipeline.Torch;

/// <summary>
/// The blocks that a query on the catalogue chose, ready to be read as tensors' contents. Immutable and safe for concurrent use: there is
/// no cursor. Owns the readers of all volumes that the blocks lie in; disposed by whoever made it, after the last read.
/// </summary>
public sealed class BlockSource : IAsyncDisposable
{
    private readonly IReadOnlyDictionary<BlockVolume, ItemVolume> _volumes;
    private readonly SampleSet _samples;
    private readonly ISampler _inOrder;
    private readonly ItemReader _items;

    private BlockSource(
        SampleSet samples, IReadOnlyDictionary<BlockVolume, ItemVolume> volumes, BlockOptions options, ScalarType type, IReadOnlyList<IReadOnlyList<string>> classes)
    {
        (_samples, _volumes, Options, Type, LabelClasses) = (samples, volumes, options, type, classes);
        _inOrder = samples.Sampler(options, shuffle: false, batchSize: null);
        Layout = new ItemLayout(options.Shape, type, options.Labels.Count, options.LabelType, options.Targets);
        // A crop in a block that the volume's end cuts off reaches into its neighbours too.
        var reachesOut = options.RandomCrop || options.Foreground is not null || volumes.Any(volume => volume.Value.Geometry.Footprint(options.Shape) is var shape && NdIndex.Max(volume.Key.Block, shape) != volume.Key.Block);
        _items = new ItemReader(options, Layout, reachesOut);
    }

    /// <summary>The chosen blocks, in the query's order; of several queries, one after the other.</summary>
    public IReadOnlyList<BlockRef> Blocks => _samples.Blocks;

    /// <summary>Samples of an epoch: as many as there are blocks, unless queries are mixed by weights.</summary>
    public long Count => _inOrder.Count;

    /// <summary>As given; the shape, where it was not, is that of the chosen blocks.</summary>
    public BlockOptions Options { get; }

    /// <summary>The type of the image's tensor.</summary>
    public ScalarType Type { get; }

    /// <summary>For each label of the options, the names of classes 1, 2, … that <see cref="LabelChoice.AsClasses"/> gives: the same in every dataset.</summary>
    public IReadOnlyList<IReadOnlyList<string>> LabelClasses { get; }

    /// <summary>Which tensors an item has.</summary>
    internal ItemLayout Layout { get; }

    /// <summary>Bytes of one block in the image's tensor.</summary>
    public int BytesPerBlock => checked((int)(Options.Shape.Volume * TensorType.Size(Type)));

    /// <summary>Runs the query and opens every volume that its blocks lie in.</summary>
    /// <param name="catalogFolder">The catalogue's folder, or its http(s)://, s3:// or gs:// address; the Zarr volumes lie where its volumes table says.</param>
    /// <param name="query">SQL, or a condition on <c>training_blocks</c>: see <see cref="CatalogReader.SelectBlocksAsync"/>.</param>
    /// <exception cref="EmException">No catalogue, wrong SQL, no block chosen, a volume that is not there, or volumes of different types.</exception>
    public static Task<BlockSource> OpenAsync(string catalogFolder, string query, BlockOptions? options = null, CancellationToken cancellation = default) =>
        OpenAsync(catalogFolder, [new SampleQuery(query)], options, null, cancellation);

    /// <summary>As above, over several queries, each with its share of every batch.</summary>
    /// <param name="queries">At least one. A tensor holds no voxel of a block that its own query did not choose.</param>
    /// <exception cref="EmException">As above; or a weight is wrong.</exception>
    public static Task<BlockSource> OpenAsync(
        string catalogFolder, IReadOnlyList<SampleQuery> queries, BlockOptions? options = null, CancellationToken cancellation = default) =>
        OpenAsync(catalogFolder, queries, options, null, cancellation);

    internal static async Task<BlockSource> OpenAsync(
        string catalogFolder, IReadOnlyList<SampleQuery> queries, BlockOptions? options,
        VolumeOpener? open, CancellationToken cancellation = default)
    {
        TorchRuntime.EnsureLoadable();
        options ??= new BlockOptions();
        ItemSettings.Check(options);
        if (queries.Count == 0)
            throw new EmException(Fault.Configuration, "queries: got none, expected at least one.");
        open ??= OpenVolume.Opener(new RemoteStores(options.Remote));
        var catalog = await CatalogReader.OpenAsync(catalogFolder, options.Remote, cancellation);
        using var kept = catalog.KeepOpen();
        var blocks = new List<IReadOnlyList<BlockRef>>();
        foreach (var query in queries)
        {
            var chosen = await catalog.SelectBlocksAsync(query.Query, cancellation: cancellation);
            if (chosen.Count == 0)
                throw new EmException(Fault.Configuration, $"query: got no block, expected at least one. The query was: {(query.Query.Length == 0 ? "all of training_blocks" : query.Query)}");
            blocks.Add(chosen);
        }

        var catalogue = await catalog.ReadContentHashAsync(cancellation);
        var items = await ItemVolumes.ReadAsync(catalog, options, open, cancellation);
        var volumes = new Dictionary<BlockVolume, ItemVolume>();
        SampleSet? samples = null;
        try
        {
            foreach (var volume in blocks.SelectMany(chosen => chosen).Select(block => block.Volume).Distinct())
                volumes.Add(volume, await items.OpenAsync(volume, cancellation));
            options = options with { Shape = ItemSettings.Shape(volumes.Keys, options) };
            foreach (var (blocksOf, volume) in volumes.ToList())
                volumes[blocksOf] = ItemSettings.WithPrograms(volume, options);
            if (options.Outside == Outside.Skip)
                blocks = [.. queries.Zip(blocks, (query, chosen) => InsideOnly.Of(query, chosen, options, Extents))];
            samples = new SampleSet(queries, blocks, catalogue, options.Mixing, Extents);
            var type = ItemSettings.Type(volumes.Values, options);
            await samples.OpenForegroundAsync(catalog, options, open, cancellation);
            return new BlockSource(samples, volumes, options, type, items.Labels.Classes) { IsRemote = RemoteStores.IsRemote(catalog.DataFolder) };
        }
        catch
        {
            await (samples?.DisposeAsync() ?? default);
            foreach (var volume in volumes.Values)
                await volume.DisposeAsync();
            throw;
        }

        (NdIndex Volume, NdIndex Sample) Extents(BlockVolume volume) => (volumes[volume].Blocks.Reader.Info.Shape, volumes[volume].Geometry.Footprint(options.Shape));
    }

    /// <summary>Where the tensor of sample <paramref name="index"/> (of one query: of the block of that number) begins in its volume, z, y, x, in this epoch.</summary>
    public NdIndex Origin(int index, int epoch = 0) => Place(index, epoch).Origin;

    /// <summary>Whether reading waits for a network: then many samples are read at a time, whatever the number of cores.</summary>
    internal bool IsRemote { get; private init; }

    /// <summary>The places of the samples of each epoch.</summary>
    /// <param name="shuffle">Whether each epoch has an order of its own.</param>
    /// <param name="batchSize">Samples of a batch; null: the whole epoch is one. Shares of queries hold in each batch.</param>
    internal ISampler Sampler(bool shuffle, int? batchSize) => shuffle || batchSize is not null ? _samples.Sampler(Options, shuffle, batchSize) : _inOrder;

    /// <summary>The state before the first sample.</summary>
    /// <exception cref="EmException">The catalogue does not tell the hash of its content.</exception>
    internal LoaderState State(BlockLoaderOptions loader) => new()
    {
        Catalogue = _samples.CatalogueHash ?? throw new EmException(
            Fault.Configuration, "catalogue: got one of an earlier version, expected one that tells the hash of its content, by which a state is held to it. Run ./build.sh Catalog."),
        Query = _samples.QueryHash,
        Options = OptionsText.Hash($"{OptionsText.Of(Options with { Remote = new() })} {loader.BatchSize} {loader.Shuffle} {loader.DropLast}"),
        Seed = Options.Seed,
    };

    /// <summary>
    /// Reads the image of one sample in the form of a tensor's contents: C order z, y, x, <see cref="Type"/>; beyond the volume as
    /// <see cref="BlockOptions.Outside"/> says.
    /// </summary>
    /// <param name="target">Exactly <see cref="BytesPerBlock"/> bytes.</param>
    /// <exception cref="EmException">The voxels cannot be read; the message names the block.</exception>
    public async ValueTask ReadAsync(int index, int epoch, Memory<byte> target, CancellationToken cancellation = default)
    {
        var place = Place(index, epoch);
        try
        {
            await _items.ReadImageAsync(_volumes[place.Block.Volume], place, target, cancellation);
            LoaderMeter.CountBlock(target.Length);
        }
        catch (Exception error) when (Named(error, place) is { } named)
        {
            throw named;
        }
    }

    /// <summary>Reads the item of one sample.</summary>
    /// <param name="slot">Of <see cref="Layout"/>.</param>
    internal ValueTask ReadAsync(int index, int epoch, ItemSlot slot, CancellationToken cancellation = default) => ReadAsync(Place(index, epoch), slot, cancellation);

    /// <summary>Reads one item, at a place that a sampler of this source gave.</summary>
    /// <param name="slot">Of <see cref="Layout"/>.</param>
    /// <exception cref="EmException">The voxels cannot be read; the message names the block.</exception>
    internal async ValueTask ReadAsync(SamplePlace place, ItemSlot slot, CancellationToken cancellation = default)
    {
        try
        {
            await _items.ReadAsync(_volumes[place.Block.Volume], place, slot, cancellation);
            LoaderMeter.CountBlock(BytesPerBlock);
        }
        catch (Exception error) when (Named(error, place) is { } named)
        {
            throw named;
        }
    }

    /// <summary>As <see cref="ReadAsync(SamplePlace, ItemSlot, CancellationToken)"/>, on this thread.</summary>
    internal void Read(int index, int epoch, ItemSlot slot, CancellationToken cancellation = default) => Read(Place(index, epoch), slot, cancellation);

    /// <summary>As <see cref="ReadAsync(SamplePlace, ItemSlot, CancellationToken)"/>, on this thread.</summary>
    internal void Read(SamplePlace place, ItemSlot slot, CancellationToken cancellation = default)
    {
        // On a local folder every read completes at once.
        var read = ReadAsync(place, slot, cancellation);
        if (read.IsCompleted)
            read.GetAwaiter().GetResult();
        else
            read.AsTask().GetAwaiter().GetResult();
    }

    public async ValueTask DisposeAsync()
    {
        await _samples.DisposeAsync();
        foreach (var volume in _volumes.Values)
            await volume.DisposeAsync();
    }

    private SamplePlace Place(int index, int epoch)
    {
        var place = _inOrder.PlaceAsync(epoch, index);
        return place.IsCompleted ? place.GetAwaiter().GetResult() : place.AsTask().GetAwaiter().GetResult();
    }

    /// <summary>An error of reading that names the block; null for any other.</summary>
    private static EmException? Named(Exception error, SamplePlace place) => error switch
    {
        EmException known => new EmException(known.Fault, $"block {place.Block}: {known.Message}", known),
        IOException or UnauthorizedAccessException => BlockFailures.Of($"block {place.Block}", error),
        _ => null,
    };
}
