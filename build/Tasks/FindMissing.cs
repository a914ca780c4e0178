using EmPipeline.Stages;
using EmPipeline.Stages.Ledgers;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace EmPipeline.Build.Tasks;

/// <summary>Lists the first few files that a ledger answers for and that are gone or have another length.</summary>
[MSBuildMultiThreadableTask]
public sealed class FindMissing : PipelineTask
{
    [Required]
    public string Ledger { get; set; } = "";

    [Required]
    public string Data { get; set; } = "";

    [Output]
    public ITaskItem[] Missing { get; set; } = [];

    protected override System.Threading.Tasks.Task RunAsync(CancellationToken cancellation)
    {
        Missing = [.. LedgerFiles.Missing(Ledger, new DataFolder(Data)).First.Select(path => new TaskItem(path + ".missing"))];
        return System.Threading.Tasks.Task.CompletedTask;
    }
}
