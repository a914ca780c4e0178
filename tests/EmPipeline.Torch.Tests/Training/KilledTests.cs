using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using EmPipeline.Catalog;
using EmPipeline.Storage;
using EmPipeline.Train.Segmentation;

namespace EmPipeline.Torch.Tests.Training;

/// <summary>
/// The program killed (SIGKILL) at moments spread over the time that it takes, and started again: the files are those of a run that nothing stopped.
/// EMPIPELINE_KILLS says how many; unset it is one of a prediction, whose bytes more hangs on, and none of a training.
/// </summary>
public sealed class KilledTests(ITestOutputHelper output) : IAsyncLifetime
{
    private static readonly int? Asked = int.TryParse(Environment.GetEnvironmentVariable("EMPIPELINE_KILLS"), CultureInfo.InvariantCulture, out var asked) ? asked : null;
    private static readonly int Moments = Asked ?? 1;
    private LabelledCatalog _catalog = null!;

    public async ValueTask InitializeAsync() => _catalog = await LabelledCatalog.MakeAsync();

    public ValueTask DisposeAsync()
    {
        _catalog.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_prediction_that_is_killed_is_continued_to_the_same_bytes()
    {
        await SegmentationTrainer.RunAsync(new SegmentationOptions { Catalog = _catalog.Folder, Steps = 1, Batch = 1, Patch = 16 }, TextWriter.Null, CancellationToken.None);
        Directory.CreateDirectory(_catalog.File("state/second"));
        File.Copy(_catalog.File("zarr/second.zarr.shards"), _catalog.File("state/second/Rechunk.shards"));
        string[] made = [_catalog.File("zarr/second.zarr/predictions"), _catalog.File("zarr/second.zarr/labels/prediction")];
        var label = Path.Combine(made[1], "mitochondria");
        await KillAsync(
            ["--task", "predict", "--catalog", _catalog.Folder, "--dataset", "second", "--tile", "64"], 0,
            () => made.Where(Directory.Exists).SelectMany(folder => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
                // The group of all labels is written by whoever finishes one: what another left there is nobody's to remove.
                .Where(path => Path.GetDirectoryName(path) != made[1] || !AtomicFile.IsTemporary(path)),
            () => (PredictedLabel.Read(label) is null || File.Exists(Path.Combine(label, "zarr.json"))).Should().BeTrue("what says that a label is finished is written last"),
            () =>
            {
                foreach (var folder in made.Where(Directory.Exists))
                    Directory.Delete(folder, recursive: true);
            });
    }

    [Fact]
    public async Task A_training_that_is_killed_is_continued_to_the_same_bytes()
    {
        Assert.SkipWhen(Asked is null, "it takes half a minute and more: set EMPIPELINE_KILLS=2");
        var folder = _catalog.File("models");
        await KillAsync(
            ["--task", "segmentation", "--catalog", _catalog.Folder, "--datasets", "first", "--steps", "8", "--every", "2", "--batch", "1", "--patch", "16"],
            // So few steps find no more than a threshold does, which it says.
            1,
            () => Directory.Exists(folder) ? Directory.EnumerateFiles(folder).Where(path => path.EndsWith(".checkpoint", StringComparison.Ordinal)) : [],
            () => { },
            () =>
            {
                if (Directory.Exists(folder))
                    Directory.Delete(folder, recursive: true);
            });
    }

    /// <param name="ends">The code that the program ends with by itself.</param>
    private async Task KillAsync(string[] arguments, int ends, Func<IEnumerable<string>> made, Action check, Action clear)
    {
        var clock = Stopwatch.StartNew();
        (await RunAsync(arguments, null)).Should().Be(ends);
        var (whole, expected, killed) = (clock.Elapsed, Snapshot(), 0);
        expected.Should().NotBeEmpty();
        var random = new Random(1);
        for (var i = 0; i < Moments; i++)
        {
            clear();
            // One in each part of the time.
            if (await RunAsync(arguments, whole * ((i + random.NextDouble()) / Moments)) != ends)
                killed++;
            check();
            (await RunAsync(arguments, null)).Should().Be(ends);
            Snapshot().Should().Equal(expected);
        }

        output.WriteLine($"{killed} of {Moments} were killed before their end, in {whole.TotalSeconds:0.0} s.");

        Dictionary<string, string> Snapshot() => made().ToDictionary(path => path, path => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path))));
    }

    /// <param name="until">After which it is killed; null: never.</param>
    private static async Task<int> RunAsync(string[] arguments, TimeSpan? until)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "EmPipeline.Train.dll"), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var (text, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        if (until is { } moment && !process.WaitForExit(moment))
            process.Kill();
        await process.WaitForExitAsync();
        await text;
        (until is null ? await error : "").Should().BeEmpty();
        return process.ExitCode;
    }
}
