using TorchSharp;
using EmPipeline.Torch.Items;
using static TorchSharp.torch;

namespace EmPipeline.Torch.Loading;

/// <summary>What TorchSharp's DataLoader calls a collate function: reads the blocks of a batch, several at a time, each into its own part of the batch.</summary>
internal sealed class BatchCollator(BlockDataset dataset, int workers)
{
    /// <exception cref="Volumes.EmException">A block cannot be read; of several the first in the batch's order.</exception>
    public Dictionary<string, Tensor> Collate(IEnumerable<long> indices, Device device)
    {
        var chosen = indices.ToArray();
        var source = dataset.Source;
        var epoch = dataset.Epoch;
        source.Layout.RequireBatch(chosen.Length);
        var items = new ItemTensors(source.Layout, chosen.Length);
        var failures = new Exception?[chosen.Length];
        if (source.IsRemote)
            Task.WhenAll(Enumerable.Range(0, chosen.Length).Select(ReadAsync)).GetAwaiter().GetResult();
        else
            Parallel.For(0, chosen.Length, new ParallelOptions { MaxDegreeOfParallelism = workers }, i => ReadAsync(i).GetAwaiter().GetResult());
        if (Array.Find(failures, failure => failure is not null) is { } first)
        {
            items.Dispose();
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(first);
        }

        return items.Take().ToDictionary(field => field.Key, field => On(field.Value));

        // Of a local folder every read is done when this returns.
        async Task ReadAsync(int i)
        {
            try
            {
                await source.ReadAsync((int)chosen[i], epoch, items.Slot(i));
            }
            catch (Exception error)
            {
                failures[i] = error;
            }
        }

        Tensor On(Tensor values)
        {
            if (device.type == DeviceType.CPU)
                return values;
            using (values)
                return values.to(device);
        }
    }
}
