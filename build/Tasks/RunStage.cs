using System.Globalization;
using EmPipeline.Stages;
using Microsoft.Build.Framework;

namespace EmPipeline.Build.Tasks;

/// <summary>Runs one stage of one dataset.</summary>
[MSBuildMultiThreadableTask]
public sealed class RunStage : RunTask
{
    [Required]
    public string Name { get; set; } = "";

    [Required]
    public string Dataset { get; set; } = "";

    public string? Jobs { get; set; }

    /// <summary>The folder of the Demo's mirror; empty for the real sources.</summary>
    public string? Mirror { get; set; }

    /// <summary>Who runs the tasks of a stage that can be divided; empty for what the configuration says.</summary>
    public string? Executor { get; set; }

    protected override async System.Threading.Tasks.Task RunAsync(CancellationToken cancellation)
    {
        var progress = new ProgressReporter(BuildEngine, Data, Dataset, Name);
        var run = Run();
        var context = run.Context(Dataset) with
        {
            UpdateLock = UpdateLock == "true",
            Threads = string.IsNullOrEmpty(Jobs) ? Environment.ProcessorCount : int.Parse(Jobs, CultureInfo.InvariantCulture),
            Mirror = string.IsNullOrEmpty(Mirror) ? null : () => MirrorProcess.For((IBuildEngine4)BuildEngine, Mirror),
            Executor = Executors.For((IBuildEngine4)BuildEngine, run.Configuration.Executor, Executor),
            Execution = run.Configuration.Executor,
            Progress = progress,
            Warn = text => Log.LogWarning(null, null, null, null, 0, 0, 0, 0, "{0}", $"{Dataset}: {text}"),
        };
        await progress.RunAsync(() => run.RunAsync(Stage.Named(Name), context, cancellation));
    }
}
