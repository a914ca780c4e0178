using System.Diagnostics;
using System.Diagnostics.Metrics;
using EmPipeline.Torch;
using static TorchSharp.torch;

namespace EmPipeline.Benchmarks.Training;

/// <summary>Samples of a rare class drawn from the catalogue, against crops that are drawn, read and thrown away until one holds enough of it.</summary>
internal static class ForegroundBenchmark
{
    // What torch-em calls min_fraction. A crop that is drawn here is held to no such thing: it is centred on the class.
    private const double LeastFraction = 0.01;
    private const int Epochs = 4;

    public static async Task RunAsync(Settings settings, Content content, Report report)
    {
        TorchRuntime.EnsureLoadable();
        var data = await TrainingData.MakeAsync(settings, content, "auto", TrainingData.Rare);
        report.Heading($"Training, a class that {TrainingData.RareShare:0.0 %} of the voxels are of, in one place of {Volume.Edge}³: samples/s of image and labels, 128³, codec auto, batches of {LoaderRate.Batch}");
        var options = new BlockOptions { RandomCrop = true, Labels = [new(TrainingData.Rare) { AsClasses = true }], LabelType = ScalarType.Int8 };
        await using var all = await OpenAsync(1);
        await using var any = await BlockSource.OpenAsync(data.Catalog, "level = 0", options);
        var kept = 0L;
        var rates = Rounds.Measure(settings.Rounds, round => LoaderRate.Of(all, round), round => RejectionRate(any, round, ref kept));
        report.Row(
            $"drawn without rejection, against crops that are read until {LeastFraction:0 %} of one is of the class, as torch-em does, by the same loader", $"{rates[0]:f0} / {rates[1]:f1} = {rates.Ratio(0, 1):f0}×", "≥ 20×",
            rates.Ratio(0, 1) >= 20);
        var reads = Reads(all);
        report.Row("samples read for each that is served", $"{reads:f2}", "1.00", Math.Abs(reads - 1) < 0.005);
        foreach (var share in (double[])[0.25, 0.5])
        {
            await using var some = await OpenAsync(share);
            var got = ShareOf(some);
            report.Row($"share of samples that are centred on the class, asked for {share:0 %}", $"{got:0.0 %}", $"{share:0 %} ± 1 %", Math.Abs(got - share) <= 0.01);
        }

        Task<BlockSource> OpenAsync(double share) =>
            BlockSource.OpenAsync(data.Catalog, "level = 0", options with { Foreground = new Foreground { Share = share, Classes = [new(TrainingData.Rare)] } });
    }

    /// <summary>Samples that are kept, a second, over some epochs: one keeps a few only.</summary>
    private static double RejectionRate(BlockSource source, int round, ref long kept)
    {
        var (watch, before, found) = (Stopwatch.StartNew(), kept, 0L);
        for (var epoch = 0; epoch < Epochs; epoch++)
        {
            LoaderRate.Each(source, (round * Epochs) + epoch, batch =>
            {
                using var scope = NewDisposeScope();
                found += batch.Labels!.gt(0).flatten(1).sum(1).gt(LeastFraction * batch.Labels![0].NumberOfElements).sum().item<long>();
            });
        }

        kept = before + found;
        return found / watch.Elapsed.TotalSeconds;
    }

    private static double Reads(BlockSource source)
    {
        var (read, served) = (0L, 0L);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "empipeline.torch.blocks")
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, count, _, _) => Interlocked.Add(ref read, count));
        listener.Start();
        LoaderRate.Each(source, 0, batch => served += batch.Indices.Count);
        return (double)read / served;
    }

    private static double ShareOf(BlockSource source)
    {
        var (centred, served) = (0L, 0L);
        for (var epoch = 0; epoch < Epochs; epoch++)
        {
            LoaderRate.Each(source, epoch, batch =>
            {
                using var scope = NewDisposeScope();
                var middle = batch.Labels!.shape[^1] / 2;
                centred += batch.Labels![.., 0, middle, middle, middle].gt(0).sum().item<long>();
                served += batch.Indices.Count;
            });
        }

        return (double)centred / served;
    }
}
