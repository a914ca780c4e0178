using EmPipeline.Torch.Blocks;
using EmPipeline.Volumes;
using static TorchSharp.torch;

namespace EmPipeline.Torch;

/// <summary>
/// Blocks of EM volumes, chosen by SQL, as a map-style dataset for TorchSharp's <c>DataLoader</c>. Safe for concurrent use, as that
/// requires: any number of threads may ask for any index. Each item is <c>{ "data": [1, z, y, x], "index": int64 }</c> on the CPU,
/// owned by whoever asked.
/// </summary>
public sealed class BlockDataset : utils.data.Dataset
{
    private readonly BlockSource _source;

    /// <param name="catalogFolder">The catalogue's folder.</param>
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

    public override long Count => _source.Blocks.Count;

    /// <exception cref="EmException">The block cannot be read; the message names it.</exception>
    public override Dictionary<string, Tensor> GetTensor(long index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        var shape = _source.Options.Shape;
        var data = empty([1, shape[0], shape[1], shape[2]], dtype: _source.Type);
        try
        {
            var read = _source.ReadAsync((int)index, Epoch, new TensorMemory(data).Memory);
            if (!read.IsCompletedSuccessfully)
                read.AsTask().GetAwaiter().GetResult();
            return new Dictionary<string, Tensor> { ["data"] = data, ["index"] = tensor(index) };
        }
        catch
        {
            data.Dispose();
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
