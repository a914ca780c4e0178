using System.Diagnostics;
using System.Globalization;
using EmPipeline.Torch;
using EmPipeline.Volumes;
using static TorchSharp.torch;

namespace EmPipeline.Train;

/// <summary>What a run of training came to.</summary>
/// <param name="Losses">The loss of each step.</param>
/// <param name="Waiting">The share of the time, 0 to 1, in which training waited for data.</param>
internal sealed record TrainResult(IReadOnlyList<float> Losses, TimeSpan Time, double Waiting, double BlocksPerSecond)
{
    private int Window => Math.Max(1, Losses.Count / 5);

    /// <summary>The mean loss of the first fifth of the steps.</summary>
    public double First => Losses.Take(Window).Average();

    /// <summary>The mean loss of the last fifth.</summary>
    public double Last => Losses.Skip(Losses.Count - Window).Average();
}

/// <summary>Trains the autoencoder and tells how it goes.</summary>
internal static class Trainer
{
    private const double NoiseDeviation = 0.5;
    private const double LearningRate = 3e-3;

    /// <exception cref="EmException">No catalogue, wrong SQL, no block chosen, or a block that cannot be read.</exception>
    public static async Task<TrainResult> RunAsync(TrainOptions options, TextWriter output, CancellationToken cancellation)
    {
        TorchRuntime.EnsureLoadable();
        var blockOptions = new BlockOptions { Shape = NdIndex.Filled(3, options.Patch), RandomCrop = true, Seed = (ulong)options.Seed, Remote = TrainRemote.Options };
        await using var source = await BlockSource.OpenAsync(options.Catalog, options.Query, blockOptions, cancellation);
        var datasets = source.Blocks.Select(block => block.Dataset).Distinct().Order(StringComparer.Ordinal);
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"{source.Blocks.Count} blocks of {string.Join(", ", datasets)}; patches of {options.Patch}³, {options.Batch} a step, {options.Workers} workers, {(options.OwnLoader ? "BlockLoader" : "DataLoader")}."));
        foreach (var line in await BlockUse.DescribeAsync(options.Catalog, source, cancellation))
            await output.WriteLineAsync(line);
        random.manual_seed(options.Seed);
        using var model = new DenoisingAutoencoder();
        using var optimizer = optim.Adam(model.parameters(), lr: LearningRate);
        return Train(model, optimizer, BatchFeed.Run(source, options, cancellation), options, output, cancellation);
    }

    private static TrainResult Train(
        DenoisingAutoencoder model, optim.Optimizer optimizer, IEnumerable<Tensor> feed, TrainOptions options, TextWriter output, CancellationToken cancellation)
    {
        var losses = new List<float>();
        var (blocks, waited) = (0L, TimeSpan.Zero);
        var clock = Stopwatch.StartNew();
        using var batches = feed.GetEnumerator();
        while (losses.Count < options.Steps)
        {
            cancellation.ThrowIfCancellationRequested();
            var asked = clock.Elapsed;
            batches.MoveNext();
            waited += clock.Elapsed - asked;
            blocks += batches.Current.shape[0];
            losses.Add(Step(model, optimizer, batches.Current));
            if (losses.Count % 5 == 0 || losses.Count == 1 || losses.Count == options.Steps)
            {
                output.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"step {losses.Count,4}  loss {losses[^1]:0.0000}  {blocks / clock.Elapsed.TotalSeconds,7:0.0} blocks/s  waiting for data {waited / clock.Elapsed,4:P0}"));
            }
        }

        return new TrainResult(losses, clock.Elapsed, waited / clock.Elapsed, blocks / clock.Elapsed.TotalSeconds);
    }

    private static float Step(DenoisingAutoencoder model, optim.Optimizer optimizer, Tensor clean)
    {
        using var scope = NewDisposeScope();
        optimizer.zero_grad();
        var noisy = clean + (randn_like(clean) * NoiseDeviation);
        var loss = nn.functional.mse_loss(model.forward(noisy), clean);
        loss.backward();
        optimizer.step();
        return loss.item<float>();
    }
}
