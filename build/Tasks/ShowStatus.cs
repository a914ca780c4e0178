using EmPipeline.Stages;
using EmPipeline.Stages.Status;
using Microsoft.Build.Framework;

namespace EmPipeline.Build.Tasks;

/// <summary>Says for each dataset and stage whether it is up to date and, if not, why.</summary>
[MSBuildMultiThreadableTask]
public sealed class ShowStatus : RunTask
{
    public string? Only { get; set; }

    protected override System.Threading.Tasks.Task RunAsync(CancellationToken cancellation)
    {
        var rows = StatusReport.Of(Run(), Names(Only));
        Print(Path.GetFullPath(Data));
        var width = rows.Max(row => row.Dataset.Length);
        foreach (var row in rows)
            Print($"  {row.Dataset.PadRight(width)}  {row.Stage,-15}  {(row.UpToDate ? "up to date" : "to do: " + row.Reason)}");
        return System.Threading.Tasks.Task.CompletedTask;
    }

    private void Print(string line) => Log.LogMessage(MessageImportance.High, "{0}", line);
}
