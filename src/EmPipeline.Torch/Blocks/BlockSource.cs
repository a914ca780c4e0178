using System.Buffers;
using System.Runtime.InteropServices;
using EmPipeline.Catalog;
using EmPipeline.Storage;
using EmPipeline.Torch.Blocks;
using EmPipeline.Torch.Loading;
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
    private readonly IReadOnlyDictionary<BlockVolume, OpenVolume> _volumes;
    private readonly SampleSet _samples;
    private readonly ISampler _inOrder;
    private readonly bool _reachesOut;

    private BlockSource(SampleSet samples, IReadOnlyDictionary<BlockVolume, OpenVolume> volumes, BlockOptions options, ScalarType type)
    {
        (_samples, _volumes, Options, Type) = (samples, volumes, options, type);
        _inOrder = samples.Sampler(options, shuffle: false, batchSize: null);
        _reachesOut = volumes.Keys.Any(volume => NdIndex.Max(volume.Block, options.Shape) != volume.Block);
    }

    /// <summary>The chosen blocks, in the query's order; of several queries, one after the other.</summary>
    public IReadOnlyList<BlockRef> Blocks => _samples.Blocks;

    /// <summary>Samples of an epoch: as many as there are blocks, unless queries are mixed by weights.</summary>
    public long Count => _inOrder.Count;

    /// <summary>As given; the shape, where it was not, is that of the chosen blocks.</summary>
    public BlockOptions Options { get; }

    /// <summary>The type of the tensors.</summary>
    public ScalarType Type { get; }

    /// <summary>Bytes of one block in a tensor.</summary>
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
        Func<string, CancellationToken, ValueTask<(IVolumeReader Reader, IAsyncDisposable? Store)>>? open, CancellationToken cancellation = default)
    {
        TorchRuntime.EnsureLoadable();
        options ??= new BlockOptions();
        if (options.Shape is { Rank: > 0 } shape && (shape.Rank != 3 || Box.Whole(shape).IsEmpty))
            throw new EmException(Fault.Configuration, $"shape: got {shape}, expected three extents of at least 1.");
        if (queries.Count == 0)
            throw new EmException(Fault.Configuration, "queries: got none, expected at least one.");
        open ??= OpenVolume.Opener(new RemoteStores(options.Remote));
        var catalog = await CatalogReader.OpenAsync(catalogFolder, options.Remote, cancellation);
        var blocks = new List<IReadOnlyList<BlockRef>>();
        foreach (var query in queries)
        {
            var chosen = await catalog.SelectBlocksAsync(query.Query, cancellation: cancellation);
            if (chosen.Count == 0)
                throw new EmException(Fault.Configuration, $"query: got no block, expected at least one. The query was: {(query.Query.Length == 0 ? "all of training_blocks" : query.Query)}");
            blocks.Add(chosen);
        }

        var catalogue = await catalog.ReadContentHashAsync(cancellation);
        var statistics = await catalog.ReadStatisticsAsync(cancellation);
        var described = await DescribedAsync(catalog, cancellation);
        var volumes = new Dictionary<BlockVolume, OpenVolume>();
        try
        {
            foreach (var volume in blocks.SelectMany(chosen => chosen).Select(block => block.Volume).Distinct())
            {
                var (reader, store) = await open(volume.Path, cancellation);
                if (reader.Info.Shape.Rank != 3)
                    throw EmException.Unsupported(volume.Path, $"an array of {reader.Info.Shape.Rank} axes as training data");
                var found = $"{reader.Info.Shape} {reader.Info.Type.Name()}";
                if (described.GetValueOrDefault((volume.Dataset, volume.Level)) is { } expected && found != expected)
                    throw EmException.Corrupt(volume.Path, $"got {found}, expected {expected} as in the catalogue, which was made before the volume. Run ./build.sh Catalog.");
                volumes.Add(volume, new OpenVolume(reader, statistics.GetValueOrDefault((volume.Dataset, volume.Level)), store));
            }

            var samples = new SampleSet(queries, blocks, catalogue, options.Mixing, volume => volumes[volume].Reader.Info.Shape);
            await samples.OpenForegroundAsync(catalog, options, open, cancellation);
            var type = CommonType(volumes, options);
            return new BlockSource(samples, volumes, options with { Shape = CommonShape(volumes, options) }, type) { IsRemote = RemoteStores.IsRemote(catalog.DataFolder) };
        }
        catch
        {
            foreach (var volume in volumes.Values)
                await volume.DisposeAsync();
            throw;
        }
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

    /// <summary>Reads one block in the form of a tensor's contents: C order z, y, x, <see cref="Type"/>, padded with 0: black as stored, the volume's mean when normalised.</summary>
    /// <param name="target">Exactly <see cref="BytesPerBlock"/> bytes.</param>
    /// <exception cref="EmException">The voxels cannot be read; the message names the block.</exception>
    public ValueTask ReadAsync(int index, int epoch, Memory<byte> target, CancellationToken cancellation = default) => ReadAsync(Place(index, epoch), target, cancellation);

    /// <summary>As <see cref="ReadAsync(int, int, Memory{byte}, CancellationToken)"/>, at a place that a sampler of this source gave.</summary>
    internal async ValueTask ReadAsync(SamplePlace place, Memory<byte> target, CancellationToken cancellation = default)
    {
        var volume = _volumes[place.Block.Volume];
        try
        {
            var box = new Box(place.Origin, Options.Shape);
            await ReadAsync(volume, box, target, cancellation);
            if (_reachesOut)
                Blank(place, box, target.Span);
            LoaderMeter.CountBlock(target.Length);
        }
        catch (EmException error)
        {
            throw new EmException(error.Fault, $"block {place.Block}: {error.Message}", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw BlockFailures.Of($"block {place.Block}", error);
        }
    }

    /// <summary>As <see cref="ReadAsync(int, int, Memory{byte}, CancellationToken)"/>, on this thread.</summary>
    internal void Read(int index, int epoch, Memory<byte> target, CancellationToken cancellation = default) => Read(Place(index, epoch), target, cancellation);

    /// <summary>As <see cref="ReadAsync(SamplePlace, Memory{byte}, CancellationToken)"/>, on this thread.</summary>
    internal void Read(SamplePlace place, Memory<byte> target, CancellationToken cancellation = default)
    {
        // On a local folder every read completes at once.
        var read = ReadAsync(place, target, cancellation);
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

    private async ValueTask ReadAsync(OpenVolume volume, Box box, Memory<byte> target, CancellationToken cancellation)
    {
        var info = volume.Reader.Info;
        var inside = box.Intersect(Box.Whole(info.Shape));
        var asStored = Options.Values == BlockValues.Stored && TensorType.Size(Type) == info.Type.Size();
        if (asStored && inside == box)
        {
            await volume.Reader.ReadAsync(box, target, cancellation);
            return;
        }

        // Voxels are read tightly, brought to the tensor's type, and laid into their padding where the box reaches out of the volume.
        var (stored, typed) = (checked((int)inside.Volume * info.Type.Size()), checked((int)inside.Volume * TensorType.Size(Type)));
        var rented = ArrayPool<byte>.Shared.Rent(stored + typed);
        try
        {
            var voxels = rented.AsMemory(0, stored);
            await volume.Reader.ReadAsync(inside, voxels, cancellation);
            var values = inside == box ? target : rented.AsMemory(stored, typed);
            Convert(volume, asStored, voxels.Span, values.Span);
            if (inside == box)
                return;
            target.Span.Clear();
            StridedCopy.Copy(values.Span, inside, target.Span, box, TensorType.Size(Type));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private void Convert(OpenVolume volume, bool asStored, ReadOnlySpan<byte> voxels, Span<byte> values)
    {
        var type = volume.Reader.Info.Type;
        if (asStored)
            voxels.CopyTo(values);
        else if (Options.Values == BlockValues.Stored)
            VoxelConversion.Widen(type, voxels, values);
        else
            VoxelConversion.Normalise(type, voxels, MemoryMarshal.Cast<byte, float>(values), volume.Statistics.Mean, volume.Statistics.StandardDeviation);
    }

    /// <summary>Clears what belongs to blocks that were not chosen, in a tensor that is longer than its block.</summary>
    private void Blank(SamplePlace place, Box box, Span<byte> target)
    {
        var zero = new byte[TensorType.Size(Type)];
        var own = place.Chosen.Valid(place.Block.Origin);
        foreach (var other in place.Chosen.NotChosen(box))
        {
            // A block off the grid is its own cell.
            if (other.Intersect(own).IsEmpty)
                StridedCopy.Fill(zero, other, target, box);
        }
    }

    /// <summary>Shape and type of every volume, as the catalogue has them.</summary>
    private static async Task<Dictionary<(string Dataset, int Level), string>> DescribedAsync(CatalogReader catalog, CancellationToken cancellation)
    {
        var rows = await catalog.QueryAsync("SELECT dataset, level, shape_z, shape_y, shape_x, dtype FROM volumes", cancellation: cancellation);
        return rows.ToDictionary(
            row => ((string)row["dataset"]!, (int)row["level"]!),
            row => $"{new NdIndex((long)row["shape_z"]!, (long)row["shape_y"]!, (long)row["shape_x"]!)} {row["dtype"]}");
    }

    private static NdIndex CommonShape(Dictionary<BlockVolume, OpenVolume> volumes, BlockOptions options)
    {
        if (options.Shape.Rank > 0)
            return options.Shape;
        var shapes = volumes.Keys.Select(volume => volume.Block).Distinct().ToList();
        return shapes.Count == 1
            ? shapes[0]
            : throw new EmException(Fault.Configuration, $"query: got blocks of {string.Join(" and ", shapes)} voxels, expected one extent. Set BlockOptions.Shape.");
    }

    private static ScalarType CommonType(Dictionary<BlockVolume, OpenVolume> volumes, BlockOptions options)
    {
        if (options.Values == BlockValues.Normalised)
            return ScalarType.Float32;
        var types = volumes.Values.Select(volume => volume.Reader.Info.Type).Distinct().ToList();
        if (types.Count > 1)
        {
            throw new EmException(
                Fault.Configuration,
                $"query: got volumes of types {string.Join(", ", types.Select(type => type.Name()))}, expected one type for stored values. Choose one type or BlockValues.Normalised.");
        }

        return TensorType.Of(types[0]);
    }
}
