using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using EmPipeline.Torch;
using static TorchSharp.torch;

namespace EmPipeline.Benchmarks.Training;

/// <summary>What training holds in memory over a long run, in a process of its own: image and labels, random crops, compressed, a little work on each batch.</summary>
internal static class MemoryBenchmark
{
    public const string Argument = "--training-memory-child";
    private const double MostMebibytes = 1024, Flat = 1.05;
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(5);

    public static async Task RunAsync(Settings settings, Content content, Report report)
    {
        var data = await TrainingData.MakeAsync(settings, content, "zstd", TrainingData.Neurons);
        report.Heading($"Training for {settings.Minutes} minutes without a pause: image and labels of {Volume.Edge}³, zstd, random crops, batches of {LoaderRate.Batch}");
        var (program, arguments) = Machine.Self();
        using var process = Process.Start(new ProcessStartInfo(program, [.. arguments, Argument, data.Catalog, settings.Minutes.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardOutput = true })!;
        var text = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        var held = JsonSerializer.Deserialize<Held>(text)!;
        // The first sixth warms up.
        var third = held.Mebibytes.Length / 3;
        var (first, last) = (Times.Middle(held.Mebibytes[(third / 2)..(third + (third / 2))]), Times.Middle(held.Mebibytes[^third..]));
        report.Row("most memory that is not the page cache's", $"{held.Mebibytes.Max():f0} MiB; {held.Samples:N0} samples", $"≤ {MostMebibytes:f0} MiB", held.Mebibytes.Max() <= MostMebibytes);
        report.Row("memory of the last third against that of an earlier", $"{last:f0} / {first:f0} MiB = {last / first:f3}", $"≤ {Flat}", last / first <= Flat);
        report.Row("native tensors at the end more than at the start", $"{held.Tensors}", "0", held.Tensors == 0);
    }

    /// <summary>The child: serves until the time is over, then prints what it held.</summary>
    public static async Task<int> RunChildAsync(string catalog, double minutes)
    {
        TorchRuntime.EnsureLoadable();
        var before = Tensor.TotalCount;
        var (held, samples, watch, next) = (new List<double>(), 0L, Stopwatch.StartNew(), Between);
        await using (var source = await BlockSource.OpenAsync(catalog, "level = 0", new BlockOptions { RandomCrop = true, Labels = [TrainingData.Neurons] }))
        {
            foreach (var batch in new BlockLoader(source, new BlockLoaderOptions { BatchSize = LoaderRate.Batch }).Epochs())
            {
                using (batch)
                using (NewDisposeScope())
                {
                    _ = (batch.Data.mean() + batch.Labels!.gt(0).to_type(ScalarType.Float32).mean()).item<float>();
                    samples += batch.Indices.Count;
                }

                if (watch.Elapsed < next)
                    continue;
                held.Add(Anonymous());
                next += Between;
                if (watch.Elapsed.TotalMinutes >= minutes)
                    break;
            }
        }

        Console.WriteLine(JsonSerializer.Serialize(new Held([.. held], samples, Tensor.TotalCount - before)));
        return 0;
    }

    private static double Anonymous() =>
        double.Parse(File.ReadLines("/proc/self/status").First(line => line.StartsWith("RssAnon", StringComparison.Ordinal)).Split(':')[1].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) / 1024;

    private sealed record Held(double[] Mebibytes, long Samples, long Tensors);
}
