using EmPipeline.Stages;
using EmPipeline.Stages.Configuration;
using EmPipeline.Stages.Execution;
using EmPipeline.Stages.Rechunk;
using EmPipeline.Stages.Status;
using Microsoft.Build.Framework;

namespace EmPipeline.Build.Tasks;

/// <summary>Says for each dataset and stage whether it is up to date and, if not, why.</summary>
[MSBuildMultiThreadableTask]
public sealed class ShowStatus : RunTask
{
    public string? Only { get; set; }

    /// <summary>"true" ends the tasks that were handed to a scheduler.</summary>
    public string? End { get; set; }

    protected override async System.Threading.Tasks.Task RunAsync(CancellationToken cancellation)
    {
        var run = Run();
        var rows = StatusReport.Of(run, Names(Only));
        Print(Path.GetFullPath(Data));
        var width = rows.Max(row => row.Dataset.Length);
        foreach (var row in rows)
            Print($"  {row.Dataset.PadRight(width)}  {row.Stage,-15}  {(row.UpToDate ? "up to date" : "to do: " + row.Reason)}");
        foreach (var dataset in run.Select(Names(Only)).Select(dataset => dataset.Name))
        {
            if (await TaskSurvey.OfAsync(run.Data, dataset, Executor, cancellation) is { } tasks)
                Print($"  {dataset.PadRight(width)}  {"Rechunk",-15}  {(End == "true" ? "tasks are being ended: " : "at work: ")}{tasks}, handed to {tasks.Executor}");
            if (End == "true" && await TaskSurvey.CancelAsync(run.Data, dataset, Executor, cancellation))
                Print($"  {dataset.PadRight(width)}  {"Rechunk",-15}  tasks have ended; what they made is kept");
        }

        IExecutor? Executor(string kind) => kind == ExecutorConfig.Slurm ? Executors.For((IBuildEngine4)BuildEngine, run.Configuration.Executor, kind) : null;
    }

    private void Print(string line) => Log.LogMessage(MessageImportance.High, "{0}", line);
}
