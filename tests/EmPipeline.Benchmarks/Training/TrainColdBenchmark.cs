using System.Globalization;
using System.Text.RegularExpressions;

namespace EmPipeline.Benchmarks.Training;

/// <summary>How long a user's first training waits for data: <c>./build.sh Train</c> on the Demo's, program and data read from the disk.</summary>
internal static partial class TrainColdBenchmark
{
    private const int Runs = 3, Steps = 40;
    private const double Bar = 0.1;

    public static async Task RunAsync(Settings settings, Report report)
    {
        report.Heading($"`./build.sh Train` on the Demo's data, {Steps} steps, page cache of data and program dropped before each of {Runs} runs");
        var data = Path.Combine(settings.Disk, "demo");
        var script = BuildScript.Path;
        await MeasuredProcess.RunAsync(script, "Demo", "--data", data, "--plain");
        // Whatever has to be built is built now.
        await MeasuredProcess.RunAsync(script, "Train", "--data", data, "--steps", "1", "--plain");
        var program = Path.Combine(Path.GetDirectoryName(script)!, "artifacts/bin/EmPipeline.Train/release");
        foreach (var (name, task) in ((string, string)[])[("`Train`", "denoise"), ("`Train --task segmentation`", "segmentation")])
        {
            var (waiting, seconds) = (new List<double>(), new List<double>());
            for (var run = 0; run < Runs; run++)
            {
                if (Directory.Exists(Path.Combine(data, "models")))
                    Directory.Delete(Path.Combine(data, "models"), recursive: true);
                PageCache.Drop(data);
                PageCache.Drop(program);
                var said = await MeasuredProcess.RunAsync(script, "Train", "--data", data, "--task", task, "--steps", Steps.ToString(CultureInfo.InvariantCulture), "--plain");
                waiting.Add(double.Parse(Waiting().Match(said.Output).Groups[1].Value, CultureInfo.InvariantCulture) / 100);
                seconds.Add(said.Seconds);
            }

            report.Row(
                $"{name}: share of its time that it waits for data, as it says; the worst run",
                $"{Report.Percent(waiting.Max())} ({string.Join(", ", waiting.Select(Report.Percent))}; {Times.Middle(seconds):f0} s from its start to its end)", $"≤ {Report.Percent(Bar)}", waiting.Max() <= Bar);
        }
    }

    [GeneratedRegex("([0-9]+) ?% of (?:the time|it) waiting for data")]
    private static partial Regex Waiting();
}
