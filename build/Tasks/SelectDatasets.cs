using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace EmPipeline.Build.Tasks;

/// <summary>Checks the configuration and names the datasets and labels to run.</summary>
[MSBuildMultiThreadableTask]
public sealed class SelectDatasets : RunTask
{
    /// <summary>"a+b"; empty for all.</summary>
    public string? Only { get; set; }

    [Output]
    public ITaskItem[] Datasets { get; set; } = [];

    protected override async System.Threading.Tasks.Task RunAsync(CancellationToken cancellation) =>
        Datasets = [.. (await Run().BeginAsync(Names(Only), cancellation)).Select(dataset => new TaskItem(dataset.Name))];
}
