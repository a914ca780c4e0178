using static TorchSharp.torch;

namespace EmPipeline.Torch.Loading;

/// <summary>A dataset of nothing but its indices: what they stand for is read when a batch is put together.</summary>
internal sealed class BlockIndices(long count) : utils.data.Dataset<long>
{
    public override long Count => count;

    public override long GetTensor(long index) => index;
}
