using EmPipeline.Stages;
using Microsoft.Build.Framework;

namespace EmPipeline.Build.Tasks;

/// <summary>A task of one configuration on one data folder; all of a build share one <see cref="PipelineRun"/>.</summary>
public abstract class RunTask : PipelineTask
{
    private static readonly Lock Gate = new();

    [Required]
    public string Config { get; set; } = "";

    [Required]
    public string Data { get; set; } = "";

    [Required]
    public string LockFile { get; set; } = "";

    public string? UpdateLock { get; set; }

    /// <summary>"true" reads everything back, changed or not.</summary>
    public string? VerifyAll { get; set; }

    protected PipelineRun Run()
    {
        var engine = (IBuildEngine4)BuildEngine;
        var key = (Config, Data, LockFile, UpdateLock == "true", VerifyAll == "true");
        lock (Gate)
        {
            if (engine.GetRegisteredTaskObject(key, RegisteredTaskObjectLifetime.Build) is PipelineRun run)
                return run;
            run = PipelineRun.Open(Config, new DataFolder(Data), LockFile, UpdateLock == "true", VerifyAll == "true");
            engine.RegisterTaskObject(key, run, RegisteredTaskObjectLifetime.Build, allowEarlyCollection: false);
            return run;
        }
    }

    /// <summary>"a+b" as names; empty for all.</summary>
    protected static string[] Names(string? list) => list?.Split('+', StringSplitOptions.RemoveEmptyEntries) ?? [];
}
