using System.Globalization;
using System.Xml.Linq;
using Microsoft.Build.Framework;

namespace EmPipeline.Build.Tasks;

/// <summary>Adds up the test results of all projects and closes with one plain line.</summary>
[MSBuildMultiThreadableTask]
public sealed class SummariseTests : PipelineTask
{
    [Required]
    public string Folder { get; set; } = "";

    protected override System.Threading.Tasks.Task RunAsync(CancellationToken cancellation)
    {
        var (passed, failed, skipped) = (0, 0, 0);
        foreach (var file in Directory.Exists(Folder) ? Directory.EnumerateFiles(Folder, "*.trx", SearchOption.AllDirectories) : [])
        {
            var results = XDocument.Load(file).Descendants().Where(element => element.Name.LocalName == "UnitTestResult").ToList();
            passed += results.Count(result => (string?)result.Attribute("outcome") == "Passed");
            failed += results.Count(result => (string?)result.Attribute("outcome") is "Failed" or "Error" or "Timeout" or "Aborted");
            skipped += results.Count(result => (string?)result.Attribute("outcome") == "NotExecuted");
            foreach (var result in results.Where(result => (string?)result.Attribute("outcome") == "Failed"))
                LogProblem($"{(string?)result.Attribute("testName")}: {result.Descendants().FirstOrDefault(element => element.Name.LocalName == "Message")?.Value}");
        }

        Log.LogMessage(MessageImportance.High, "{0}", string.Create(CultureInfo.InvariantCulture, $"{passed} passed, {failed} failed, {skipped} skipped"));
        if (passed + failed == 0)
            LogProblem("got no test result, expected some: did the build of a test project fail?");
        return System.Threading.Tasks.Task.CompletedTask;
    }
}
