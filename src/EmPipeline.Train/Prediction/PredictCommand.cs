using System.Diagnostics;
using System.Globalization;
using EmPipeline.Torch;
using EmPipeline.Train.Segmentation;
using EmPipeline.Volumes;
using EmPipeline.Volumes.Rechunk;

namespace EmPipeline.Train.Prediction;

/// <summary>Predicts a dataset with a trained network and tells how it goes.</summary>
internal static class PredictCommand
{
    /// <exception cref="EmException">No catalogue, no such dataset, no network, or whatever stops a prediction.</exception>
    public static async Task<PredictionResult> RunAsync(PredictArguments arguments, TextWriter output, CancellationToken cancellation)
    {
        TorchRuntime.EnsureLoadable();
        await using var predictor = await Predictor.OpenAsync(arguments.Catalog, arguments.Dataset, arguments.Level, cancellation);
        using var model = new UNet3d();
        var (state, hash) = Checkpoint.Read(arguments.Checkpoint, model, optimiser: null)
            ?? throw new EmException(Fault.Configuration, $"{arguments.Checkpoint}: got no checkpoint, expected a trained network. Run ./build.sh Train --task segmentation first.");
        if (state.Label != arguments.Label)
            throw new EmException(Fault.Configuration, $"{arguments.Checkpoint}: got a network for {state.Label}, expected one for {arguments.Label}.");
        model.eval();
        var options = new PredictOptions { Channels = [state.Label], ModelHash = hash, Tile = NdIndex.Filled(3, arguments.Tile), MemoryBytes = (long)arguments.MemoryMiB << 20 };
        output.WriteLine($"{arguments.Dataset} s{arguments.Level}, {predictor.Info.Shape} voxels; network of {arguments.Checkpoint} after {state.Step} steps.");
        var (clock, progress) = (Stopwatch.StartNew(), new ProgressLines(output));
        var result = await predictor.RunAsync(batch => model.forward(batch).sigmoid(), options, progress, cancellation);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{result.Tiles} tiles in {clock.Elapsed.TotalSeconds:0.0} s; {result.Volumes.Sum(volume => volume.ShardsWritten)} shards written, {result.Volumes.Sum(volume => volume.ShardsReused)} were there."));
        foreach (var folder in result.Folders)
            output.WriteLine($"  {folder}");
        var link = await NeuroglancerState.WriteAsync(arguments.Catalog, arguments.Dataset, state.Label, cancellation);
        output.WriteLine("Image, ground truth and prediction in one view: ./build.sh View serves them; then open");
        output.WriteLine($"  {link}");
        return result;
    }

    /// <summary>A line now and then.</summary>
    private sealed class ProgressLines(TextWriter output) : IProgress<RechunkProgress>
    {
        private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
        private readonly Lock _lock = new();
        private readonly Stopwatch _clock = Stopwatch.StartNew();
        private TimeSpan _last;

        public void Report(RechunkProgress value)
        {
            lock (_lock)
            {
                if (_clock.Elapsed - _last < Pause)
                    return;
                _last = _clock.Elapsed;
                var share = (double)value.VoxelsDone / value.VoxelsTotal;
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{share,5:P0} of the volume, {value.VoxelsDone / 1e6 / _clock.Elapsed.TotalSeconds:0.00} million voxels/s"));
            }
        }
    }
}
