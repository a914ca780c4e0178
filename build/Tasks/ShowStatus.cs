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

    /// <summary>A second data folder to look at, where there is one.</summary>
    public string? DemoData { get; set; }

    public string? Only { get; set; }

    protected override System.Threading.Tasks.Task RunAsync(CancellationToken cancellation)
    {
        var only = Only?.Split('+', StringSplitOptions.RemoveEmptyEntries) ?? [];
        string[] folders = Directory.Exists(Path.Combine(DemoData ?? "", "state")) && !string.IsNullOrEmpty(DemoData) ? [Data, DemoData] : [Data];
        foreach (var folder in folders.Select(Path.GetFullPath))
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
