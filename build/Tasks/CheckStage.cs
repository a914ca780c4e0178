using EmPipeline.Stages;
using Microsoft.Build.Framework;

namespace EmPipeline.Build.Tasks;

/// <summary>Finds out by content whether a stage has to run, and lets the time stamps of its inputs and ledger say so.</summary>
[MSBuildMultiThreadableTask]
public sealed class CheckStage : RunTask
{
    [Required]
    public string Name { get; set; } = "";

    [Required]
    public string Dataset { get; set; } = "";

    /// <summary>The name of the dataset that this one is a cut of; empty for none.</summary>
    [Output]
    public string Within { get; set; } = "";

    protected override System.Threading.Tasks.Task RunAsync(CancellationToken cancellation)
    {
        var run = Run();
        Within = run.Configuration.Dataset(Dataset).Within?.Name ?? "";
        return run.CheckAsync(Dataset, Stage.Named(Name), cancellation);
    }
}
