using EmPipeline.Torch.Items;
using EmPipeline.Torch.Loading;
using EmPipeline.Volumes;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace EmPipeline.Torch;

/// <summary>
/// Blocks of EM volumes, chosen by SQL, as a map-style dataset for TorchSharp's <c>DataLoader</c>. Safe for concurrent use, as that
/// requires: any number of threads may ask for any index. Each item is on the CPU, owned by whoever asked: <c>"data"</c> [1, z, y, x];
/// <c>"origin"</c> int64 [3], its first voxel in its volume; <c>"origin_nm"</c> and <c>"voxel_size_nm"</c> float64 [3], the place of that voxel's
/// centre and a voxel's edges, NaN where they are unknown; <c>"index"</c> int64, the number of its block. With <see cref="BlockOptions.Labels"/>
/// also <c>"labels"</c> int64 [n, z, y, x] and <c>"mask"</c> uint8 [1 + n, z, y, x], 0 or 1: inside the volume and chosen; then annotated, a label each;
/// with <see cref="BlockOptions.Targets"/> two tensors each, by their names.
/// </summary>
public sealed class BlockDataset : utils.data.Dataset
{
    private readonly BlockSource _source;

    /// <param name="catalogFolder">The catalogue's folder, or its http(s)://, s3:// or gs:// address.</param>
    /// <param name="query">"SELECT * FROM training_blocks WHERE …", or just the condition, or "" for all training blocks.</param>
    /// <exception cref="EmException">No catalogue, wrong SQL, no block chosen, or a volume that cannot be opened.</exception>
    public BlockDataset(string catalogFolder, string query = "", BlockOptions? options = null)
        : this(BlockSource.OpenAsync(catalogFolder, query, options).GetAwaiter().GetResult())
    {
    }

    /// <param name="source">Disposed with this dataset.</param>
    public BlockDataset(BlockSource source) => _source = source;

    public BlockSource Source => _source;

    /// <summary>Which epoch's random crops are given; set between epochs, not while a loader runs.</summary>
    public int Epoch { get; set; }

    public override long Count => _source.Count;

    /// <summary>
    /// TorchSharp's <c>DataLoader</c> over this dataset, batches of items with an axis for the batch first, <c>"data"</c> [batch, 1, z, y, x], read straight
    /// into the batch. The same blocks as <c>utils.data.DataLoader(dataset, …)</c>, which collates: it reads each block into a tensor of its
    /// own and copies them all into a new one. Each batch is disposed when the next is asked for. Does not dispose this dataset.
    /// </summary>
    /// <param name="seed">Of the order when shuffled; null: another order each time.</param>
    /// <param name="workers">Threads that read; one for each core unless given.</param>
    /// <param name="device">Where batches go; the CPU unless given.</param>
    public DataLoader<long, Dictionary<string, Tensor>> Batches(
        int batchSize, bool shuffle = false, int? seed = null, int? workers = null, bool dropLast = false, Device? device = null) =>
        new(new BlockIndices(Count), batchSize, new BatchCollator(this, workers ?? Environment.ProcessorCount).Collate, shuffle, device, seed, drop_last: dropLast);

    /// <exception cref="EmException">The block cannot be read; the message names it.</exception>
    public override Dictionary<string, Tensor> GetTensor(long index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        var item = new ItemTensors(_source.Layout, batch: null);
        try
        {
            _source.Read((int)index, Epoch, item.Slot(0));
            return item.Take();
        }
        catch
        {
            item.Dispose();
            throw;
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _source.DisposeAsync().AsTask().GetAwaiter().GetResult();
        base.Dispose(disposing);
    }
}
