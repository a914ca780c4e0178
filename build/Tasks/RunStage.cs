using System.Globalization;
using EmPipeline.Stages;
using EmPipeline.Stages.Configuration;
using EmPipeline.Stages.Ledgers;
using Microsoft.Build.Framework;

namespace EmPipeline.Build.Tasks;

/// <summary>Runs one stage of one dataset.</summary>
[MSBuildMultiThreadableTask]
public sealed class RunStage : PipelineTask
{
    [Required]
    public string Stage { get; set; } = "";

    [Required]
    public string Dataset { get; set; } = "";

    [Required]
    public string Config { get; set; } = "";

    [Required]
    public string Data { get; set; } = "";

    [Required]
    public string LockFile { get; set; } = "";

    public string? UpdateLock { get; set; }

    public string? Jobs { get; set; }

    /// <summary>The folder of the Demo's mirror; empty for the real sources.</summary>
    public string? Mirror { get; set; }

    protected override async System.Threading.Tasks.Task RunAsync(CancellationToken cancellation)
    {
        var progress = new ProgressReporter(BuildEngine, Data, Dataset, Stage);
        var context = new StageContext
        {
            Dataset = ConfigReader.Read(Config).Dataset(Dataset),
            Data = new DataFolder(Data),
            LockFile = LockFile,
            UpdateLock = UpdateLock == "true",
            Threads = string.IsNullOrEmpty(Jobs) ? Environment.ProcessorCount : int.Parse(Jobs, CultureInfo.InvariantCulture),
            Mirror = string.IsNullOrEmpty(Mirror) ? null : () => MirrorServer.For((IBuildEngine4)BuildEngine, Mirror),
            Progress = progress,
            Warn = text => Log.LogWarning(null, null, null, null, 0, 0, 0, 0, "{0}", $"{Dataset}: {text}"),
        };
        await progress.RunAsync(() => StageRunner.RunAsync(Enum.Parse<StageName>(Stage), context, cancellation));
    }
}
