using System.Diagnostics;
using System.Globalization;
using EmPipeline.Torch;
using EmPipeline.Volumes;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace EmPipeline.Train.Segmentation;

/// <summary>What a run of training came to, on patches that were never trained on.</summary>
/// <param name="Losses">The loss of each step of this run.</param>
/// <param name="Waiting">The share of the time, 0 to 1, in which training waited for data.</param>
internal sealed record SegmentationResult(IReadOnlyList<float> Losses, int Step, Score Network, Score Baseline, TimeSpan Time, double Waiting);

/// <summary>Trains the U-Net, keeps it, and tells how well it does.</summary>
internal static class SegmentationTrainer
{
    private const double LearningRate = 3e-3;

    /// <exception cref="EmException">No catalogue, no such label, a checkpoint of something else, or a patch that cannot be read.</exception>
    public static async Task<SegmentationResult> RunAsync(SegmentationOptions options, TextWriter output, CancellationToken cancellation)
    {
        TorchRuntime.EnsureLoadable();
        await using var data = await SegmentationData.OpenAsync(options, cancellation);
        Say(output, $"Labelled blocks to learn {options.Label} from; {data.Parts.By}:");
        foreach (var (dataset, training, validation) in data.Datasets)
            Say(output, $"  {dataset}: {training} trained on, {validation} validated on");
        random.manual_seed(options.Seed);
        using var model = new UNet3d();
        using var optimiser = optim.Adam(model.parameters(), lr: LearningRate);
        return Run(data, model, optimiser, options, output, cancellation);
    }

    private static SegmentationResult Run(SegmentationData data, UNet3d model, Adam optimiser, SegmentationOptions options, TextWriter output, CancellationToken cancellation)
    {
        var (step, batches) = Begin(data, model, optimiser, options, output, cancellation);
        var (losses, waited, clock) = (new List<float>(), TimeSpan.Zero, Stopwatch.StartNew());
        using (var feed = batches.GetEnumerator())
        {
            while (step < options.Steps)
            {
                cancellation.ThrowIfCancellationRequested();
                var asked = clock.Elapsed;
                feed.MoveNext();
                using var batch = feed.Current;
                waited += clock.Elapsed - asked;
                losses.Add(Step(model, optimiser, batch));
                step++;
                if (step % 10 == 0 || losses.Count == 1 || step == options.Steps)
                    Say(output, $"step {step,4} of {options.Steps}  loss {losses[^1]:0.0000}  {losses.Count * options.Batch / clock.Elapsed.TotalSeconds,6:0.0} patches/s  waiting for data {waited / clock.Elapsed,4:P0}");
                if (step % options.Every == 0 || step == options.Steps)
                    Checkpoint.Write(options.Checkpoint, model, optimiser, new CheckpointState(CheckpointState.CurrentVersion, options.Label, step, batch.State.ToJson()));
            }
        }

        var time = clock.Elapsed;
        var threshold = Baseline(data, cancellation);
        model.eval();
        var (patches, network) = Validate(data, batch => model.forward(batch.Data).ge(0), cancellation);
        var (_, baseline) = Validate(data, batch => threshold.Find(batch.Data), cancellation);
        Say(output, $"Validation, on {patches} patches that were not trained on, {network.True} voxels of them {options.Label}:");
        Say(output, $"  network   {network}");
        Say(output, $"  baseline  {baseline}, the best grey threshold: {threshold}");
        return new SegmentationResult(losses, step, network, baseline, time, time > TimeSpan.Zero ? waited / time : 0);
    }

    /// <summary>Restores what there is; the steps that were made, and the batches from there on.</summary>
    private static (int Step, IEnumerable<BlockBatch> Batches) Begin(
        SegmentationData data, UNet3d model, Adam optimiser, SegmentationOptions options, TextWriter output, CancellationToken cancellation)
    {
        var path = options.Checkpoint;
        if (Checkpoint.Read(path, model, optimiser) is not var (state, _))
            return (0, data.Training.Epochs(cancellation: cancellation));
        if (state.Label != options.Label)
            throw new EmException(Fault.Configuration, $"{path}: got a network for {state.Label}, expected one for {options.Label}. Give --checkpoint another file, or remove it.");
        try
        {
            var batches = data.Training.Resume(LoaderState.Parse(state.Samples), cancellation: cancellation);
            Say(output, $"{path}: goes on after step {state.Step}.");
            return (state.Step, batches);
        }
        catch (EmException error)
        {
            throw new EmException(error.Fault, $"{path}: got a checkpoint of another run, expected one of this catalogue and these options. Give --checkpoint another file, or remove it. ({error.Message})", error);
        }
    }

    /// <summary>The best threshold on training patches.</summary>
    private static GreyThreshold Baseline(SegmentationData data, CancellationToken cancellation)
    {
        var threshold = new GreyThreshold();
        foreach (var batch in data.Unvaried(cancellation))
        {
            using (batch)
                threshold.Add(batch);
        }

        threshold.Choose();
        return threshold;
    }

    private static (int Patches, Score Score) Validate(SegmentationData data, Func<BlockBatch, Tensor> find, CancellationToken cancellation)
    {
        var (patches, score) = (0, default(Score));
        foreach (var batch in data.Validation(cancellation))
        {
            using (batch)
                (patches, score) = (patches + batch.Indices.Count, score + Compare(batch, find));
        }

        return (patches, score);
    }

    private static Score Compare(BlockBatch batch, Func<BlockBatch, Tensor> find)
    {
        using var withoutGradients = no_grad();
        using var scope = NewDisposeScope();
        var (target, mask) = Target(batch);
        var found = find(batch).to(ScalarType.Float32) * mask;
        return new Score(Count(found * target), Count(found), Count(target));

        static long Count(Tensor ones) => ones.sum(ScalarType.Float64).to(ScalarType.Int64).item<long>();
    }

    private static float Step(UNet3d model, Adam optimiser, BlockBatch batch)
    {
        using var scope = NewDisposeScope();
        optimiser.zero_grad();
        var (target, mask) = Target(batch);
        var loss = Loss(model.forward(batch.Data), target, mask);
        loss.backward();
        optimiser.step();
        return loss.item<float>();
    }

    /// <summary>1 where a voxel is of the label; 1 where that is certain: the others teach nothing and count nowhere. Both [batch, 1, z, y, x].</summary>
    private static (Tensor Target, Tensor Mask) Target(BlockBatch batch)
    {
        var mask = batch.Tensors["binary_mask"].to(ScalarType.Float32);
        return (batch.Tensors["binary"].to(ScalarType.Float32) * mask, mask);
    }

    /// <summary>Cross entropy and one less Dice, both of voxels that count: the one for each voxel, the other for a class that is rare.</summary>
    private static Tensor Loss(Tensor logits, Tensor target, Tensor mask)
    {
        var entropy = nn.functional.binary_cross_entropy_with_logits(logits, target, mask, nn.Reduction.Sum) / mask.sum().clamp_min(1);
        var found = logits.sigmoid() * mask;
        return entropy + 1 - (((2 * (found * target).sum()) + 1) / (found.sum() + target.sum() + 1));
    }

    private static void Say(TextWriter output, FormattableString line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
