using EmPipeline.Stages;
using EmPipeline.Stages.Status;
using Microsoft.Build.Framework;

namespace EmPipeline.Build.Tasks;

/// <summary>Says for each dataset and stage whether it is up to date and, if not, why.</summary>
[MSBuildMultiThreadableTask]
public sealed class ShowStatus : PipelineTask
{
    [Required]
    public string Config { get; set; } = "";

    [Required]
    public string Data { get; set; } = "";

    [Required]
    public string DemoData { get; set; } = "";

    public string? Only { get; set; }

    protected override System.Threading.Tasks.Task RunAsync(CancellationToken cancellation)
    {
        var only = Only?.Split('+', StringSplitOptions.RemoveEmptyEntries) ?? [];
        foreach (var folder in new[] { Data, DemoData }.Select(Path.GetFullPath).Distinct().Where(folder => folder == Path.GetFullPath(Data) || Directory.Exists(Path.Combine(folder, "state"))))
        {
            Print($"{folder}");
            var rows = StatusReport.Of(Config, new DataFolder(folder), only);
            var width = rows.Max(row => row.Dataset.Length);
            foreach (var row in rows)
                Print($"  {row.Dataset.PadRight(width)}  {row.Stage,-15}  {(row.UpToDate ? "up to date" : "to do: " + row.Reason)}");
        }

        return System.Threading.Tasks.Task.CompletedTask;
    }

    private void Print(string line) => Log.LogMessage(MessageImportance.High, "{0}", line);
}
