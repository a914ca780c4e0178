using System.Runtime.ExceptionServices;
using EmPipeline.Torch.Sampling;
using EmPipeline.Volumes;

namespace EmPipeline.Torch.Loading;

/// <summary>Reads the samples of batches, or what stands in for them. Safe for concurrent use.</summary>
/// <param name="skipped">Where those are counted that others stand in for.</param>
internal sealed class SampleReader(BlockSource source, ISampler sampler, BlockLoaderOptions options, SkippedSamples skipped)
{
    /// <summary>Reads the sample of one position of a batch into its place, on this thread.</summary>
    /// <exception cref="EmException">It cannot be read, and nothing may or can stand in for it.</exception>
    public void Read(PendingBatch batch, int position, CancellationToken cancellation)
    {
        EmException? first = null;
        var away = 0;
        for (var attempt = 0; first is null || attempt < StandIns.Tries(sampler.Count); attempt++)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                Read(batch, position, attempt, cancellation);
                if (first is not null)
                    skipped.Add(first);
                return;
            }
            catch (EmException error) when (options.Unreadable == UnreadablePolicy.Skip && StandIns.CanBeSkipped(error))
            {
                first ??= error;
                away = error.Fault == Fault.Source ? away + 1 : 0;
                if (away == StandIns.MostAway)
                    break;
            }
        }

        ExceptionDispatchInfo.Throw(first);
    }

    private void Read(PendingBatch batch, int position, int attempt, CancellationToken cancellation)
    {
        var sample = batch.Samples[position];
        var place = attempt == 0 ? sampler.PlaceAsync(batch.Epoch, sample, cancellation) : sampler.StandInAsync(batch.Epoch, sample, attempt, options.BatchSize, cancellation);
        batch.Places[position] = place.IsCompleted ? place.GetAwaiter().GetResult() : place.AsTask().GetAwaiter().GetResult();
        source.Read(batch.Places[position], batch.Buffer.Slot(position), cancellation);
    }
}
