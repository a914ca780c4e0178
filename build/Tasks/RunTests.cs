using System.Diagnostics;
using System.Globalization;
using System.Xml.Linq;
using Microsoft.Build.Framework;

namespace EmPipeline.Build.Tasks;

/// <summary>Runs the test assemblies one after another and closes with one plain line that adds up all results.</summary>
[MSBuildMultiThreadableTask]
public sealed class RunTests : PipelineTask
{
    [Required]
    public ITaskItem[] Projects { get; set; } = [];

    [Required]
    public string Artifacts { get; set; } = "";

    /// <summary>The folder of the result files.</summary>
    [Required]
    public string Results { get; set; } = "";

    /// <summary>A part of the names of the tests to run; empty for all.</summary>
    public string? Filter { get; set; }

    protected override async System.Threading.Tasks.Task RunAsync(CancellationToken cancellation)
    {
        var (passed, failed, skipped) = (0, 0, 0);
        foreach (var name in Projects.Select(project => project.GetMetadata("Filename")).Order(StringComparer.Ordinal))
        {
            var clock = Stopwatch.StartNew();
            var results = Path.Combine(Results, name + ".xml");
            await RunAsync(name, results, cancellation);
            if (!File.Exists(results))
            {
                LogProblem($"{name}: got no results, expected a file {results}. Did it crash? See {Path.ChangeExtension(results, ".log")}.");
                failed++;
                continue;
            }

            var tests = XDocument.Load(results).Descendants("test").ToList();
            int Count(string result) => tests.Count(test => (string?)test.Attribute("result") == result);
            foreach (var test in tests.Where(test => (string?)test.Attribute("result") == "Fail"))
                LogProblem($"{(string?)test.Attribute("name")}: {test.Descendants("message").FirstOrDefault()?.Value}");
            Say($"{name}: {Count("Pass")} passed, {Count("Fail")} failed, {Count("Skip")} skipped in {clock.Elapsed.TotalSeconds:0} s");
            foreach (var reason in tests.Where(test => (string?)test.Attribute("result") == "Skip").GroupBy(test => test.Element("reason")?.Value))
                Say($"  {reason.Count()} skipped: {reason.Key}");
            (passed, failed, skipped) = (passed + Count("Pass"), failed + Count("Fail"), skipped + Count("Skip"));
        }

        Say($"{passed} passed, {failed} failed, {skipped} skipped");
        if (passed + failed == 0)
            LogProblem($"got no test, expected some{(string.IsNullOrEmpty(Filter) ? "" : $" whose name contains '{Filter}'")}.");
    }

    private async System.Threading.Tasks.Task RunAsync(string name, string results, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(Artifacts, "bin", name, "release", name + ".dll"), "-result-xml", results, "-noColor"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (!string.IsNullOrEmpty(Filter))
        {
            start.ArgumentList.Add("-method");
            start.ArgumentList.Add($"*{Filter}*");
        }

        using var process = Process.Start(start)!;
        await using var log = new StreamWriter(Path.ChangeExtension(results, ".log"));
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellation);
            var errors = process.StandardError.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation);
            await log.WriteAsync(await output + await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private void Say(FormattableString line) => Log.LogMessage(MessageImportance.High, "{0}", line.ToString(CultureInfo.InvariantCulture));
}
