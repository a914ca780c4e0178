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

    protected override System.Threading.Tasks.Task RunAsync(CancellationToken cancellation) => Run().CheckAsync(Dataset, Stage.Named(Name), cancellation);
}
