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
    private const int BaselineBatches = 32;

    /// <exception cref="EmException">No catalogue, no such label, a checkpoint of something else, or a patch that cannot be read.</exception>
    public static async Task<SegmentationResult> RunAsync(SegmentationOptions options, TextWriter output, CancellationToken cancellation)
    {
        TorchRuntime.EnsureLoadable();
        var volumes = await LabelledVolume.OpenAllAsync(options.Catalog, options.Label, options.Datasets, options.HeldOut, cancellation);
        try
        {
            return await RunAsync(new LabelledPatches(volumes, options), volumes, options, output, cancellation);
        }
        finally
        {
            foreach (var volume in volumes)
                await volume.DisposeAsync();
        }
    }

    private static async Task<SegmentationResult> RunAsync(
        LabelledPatches patches, IReadOnlyList<LabelledVolume> volumes, SegmentationOptions options, TextWriter output, CancellationToken cancellation)
    {
        for (var i = 0; i < volumes.Count; i++)
            Say(output, $"  {volumes[i].Dataset}: trained on {patches.Training[i]}, {patches.Validation.Count(place => place.Volume == i)} patches of the rest validated on");
        random.manual_seed(options.Seed);
        using var model = new UNet3d();
        using var optimiser = optim.Adam(model.parameters(), lr: LearningRate);
        var (step, path) = (0, options.Checkpoint);
        if (Checkpoint.Read(path, model, optimiser) is var (state, _))
        {
            if (state.Task != patches.Describe())
                throw new EmException(Fault.Configuration, $"{path}: got a checkpoint of another run ({state.Task}), expected {patches.Describe()}. Give --checkpoint another file, or remove it.");
            step = state.Step;
            Say(output, $"{path}: goes on after step {step}.");
        }

        var (losses, waited, clock) = (new List<float>(), TimeSpan.Zero, Stopwatch.StartNew());
        var next = step < options.Steps ? patches.TrainingAsync(step, cancellation) : null;
        while (step < options.Steps)
        {
            cancellation.ThrowIfCancellationRequested();
            var asked = clock.Elapsed;
            using var batch = await next!;
            waited += clock.Elapsed - asked;
            next = step + 1 < options.Steps ? patches.TrainingAsync(step + 1, cancellation) : null;
            losses.Add(Step(model, optimiser, batch));
            step++;
            if (step % 10 == 0 || losses.Count == 1 || step == options.Steps)
                Say(output, $"step {step,4} of {options.Steps}  loss {losses[^1]:0.0000}  {losses.Count * options.Batch / clock.Elapsed.TotalSeconds,6:0.0} patches/s  waiting for data {waited / clock.Elapsed,4:P0}");
            if (step % options.Every == 0 || step == options.Steps)
                Checkpoint.Write(path, model, optimiser, new CheckpointState(CheckpointState.CurrentVersion, patches.Describe(), options.Label, step));
        }

        var time = clock.Elapsed;
        var (threshold, baseline) = await BaselineAsync(patches, options, cancellation);
        model.eval();
        var network = await ValidateAsync(patches, batch => model.forward(batch.Data).ge(0), cancellation);
        Say(output, $"On {patches.Validation.Count} patches that were not trained on: {network}.");
        Say(output, $"Best grey threshold ({threshold}): {baseline}.");
        return new SegmentationResult(losses, step, network, baseline, time, time > TimeSpan.Zero ? waited / time : 0);
    }

    /// <summary>Chooses the threshold on training patches, and scores it as the network is scored.</summary>
    private static async Task<(GreyThreshold Threshold, Score Score)> BaselineAsync(LabelledPatches patches, SegmentationOptions options, CancellationToken cancellation)
    {
        var threshold = new GreyThreshold();
        for (var i = 0; i < BaselineBatches; i++)
        {
            using var batch = await patches.TrainingAsync(i, cancellation);
            threshold.Add(batch);
        }

        threshold.Choose();
        return (threshold, await ValidateAsync(patches, batch => threshold.Find(batch.Data), cancellation));
    }

    private static async Task<Score> ValidateAsync(LabelledPatches patches, Func<LabelledBatch, Tensor> find, CancellationToken cancellation)
    {
        var score = default(Score);
        await foreach (var batch in patches.ValidationAsync(cancellation))
        {
            using (batch)
                score += Compare(batch, find);
        }

        return score;
    }

    private static Score Compare(LabelledBatch batch, Func<LabelledBatch, Tensor> find)
    {
        using var withoutGradients = no_grad();
        using var scope = NewDisposeScope();
        var found = find(batch).to(ScalarType.Float32) * batch.Mask;
        return new Score(Count(found * batch.Target), Count(found), Count(batch.Target));

        static long Count(Tensor ones) => ones.sum(ScalarType.Float64).to(ScalarType.Int64).item<long>();
    }

    private static float Step(UNet3d model, Adam optimiser, LabelledBatch batch)
    {
        using var scope = NewDisposeScope();
        optimiser.zero_grad();
        var loss = Loss(model.forward(batch.Data), batch);
        loss.backward();
        optimiser.step();
        return loss.item<float>();
    }

    /// <summary>Cross entropy and one less Dice, both of voxels that count: the one for each voxel, the other for a class that is rare.</summary>
    private static Tensor Loss(Tensor logits, LabelledBatch batch)
    {
        var entropy = nn.functional.binary_cross_entropy_with_logits(logits, batch.Target, batch.Mask, nn.Reduction.Sum) / batch.Mask.sum().clamp_min(1);
        var found = logits.sigmoid() * batch.Mask;
        return entropy + 1 - (((2 * (found * batch.Target).sum()) + 1) / (found.sum() + batch.Target.sum() + 1));
    }

    private static void Say(TextWriter output, FormattableString line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
