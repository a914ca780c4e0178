using System.Runtime.ExceptionServices;
using TorchSharp;
using static TorchSharp.torch;

namespace EmPipeline.Torch;

/// <summary>Batches on another device than the CPU.</summary>
public static class DeviceBatches
{
    /// <summary>
    /// The same batches on <paramref name="device"/>. On the CPU they are passed on as they are. On a GPU each goes through pinned memory, and its copy runs while the
    /// training loop is at work on the one before: two batches are there at a time, and the loader's memory is given back as soon as it is pinned.
    /// </summary>
    /// <param name="batches">Of a <see cref="BlockLoader"/>. They are disposed here; what is given instead is the caller's to dispose.</param>
    public static IEnumerable<BlockBatch> On(this IEnumerable<BlockBatch> batches, Device device) => device.type == DeviceType.CPU ? batches : On(batches, tensor => Copy(tensor, device));

    /// <param name="copy">Begins the copy of a tensor, which may be disposed when it returns.</param>
    internal static IEnumerable<BlockBatch> On(IEnumerable<BlockBatch> batches, Func<Tensor, Tensor> copy)
    {
        using var all = batches.GetEnumerator();
        BlockBatch? ahead = null;
        ExceptionDispatchInfo? failure = null;
        try
        {
            do
            {
                // What is wrong with a batch is no reason to lose the one before it.
                BlockBatch? next = null;
                try
                {
                    next = all.MoveNext() ? Moved(all.Current, copy) : null;
                }
                catch (Exception error) when (error is not OperationCanceledException)
                {
                    failure = ExceptionDispatchInfo.Capture(error);
                }

                var ready = ahead;
                ahead = next;
                if (ready is not null)
                    yield return ready;
            }
            while (ahead is not null);
        }
        finally
        {
            ahead?.Dispose();
        }

        failure?.Throw();
    }

    private static BlockBatch Moved(BlockBatch batch, Func<Tensor, Tensor> copy)
    {
        // Not of any scope that the user has open: it is handed out a step later.
        var copies = new Dictionary<string, Tensor>();
        try
        {
            using (batch)
            {
                foreach (var (name, tensor) in batch.Tensors)
                    copies.Add(name, copy(tensor).DetachFromDisposeScope());
            }
        }
        catch
        {
            foreach (var tensor in copies.Values)
                tensor.Dispose();
            throw;
        }

        return new BlockBatch(copies, batch.Epoch, batch.Indices, batch.Blocks, () => batch.State, () => { });
    }

    private static Tensor Copy(Tensor tensor, Device device)
    {
        // Torch keeps pinned memory until the copies from it are done, whoever lets go of it before.
        using var pinned = tensor.pin_memory();
        return pinned.to(device, non_blocking: true);
    }
}
