using EmPipeline.Stages;
using Microsoft.Build.Framework;

namespace EmPipeline.Build.Tasks;

/// <summary>Removes what was made in a data folder.</summary>
[MSBuildMultiThreadableTask]
public sealed class CleanData : PipelineTask
{
    [Required]
    public string Data { get; set; } = "";

    /// <summary>"true" removes what was fetched too.</summary>
    public string? Raw { get; set; }

    protected override System.Threading.Tasks.Task RunAsync(CancellationToken cancellation)
    {
        var removed = DataCleaning.Run(new DataFolder(Data), Raw == "true", text => Log.LogWarning(null, null, null, null, 0, 0, 0, 0, "{0}", text));
        foreach (var folder in removed)
            Log.LogMessage(MessageImportance.High, "{0}", $"Removed what was made in {folder}");
        if (removed.Count == 0)
            Log.LogMessage(MessageImportance.High, "{0}", $"{Data}: nothing to remove there. --data DIR names another data folder.");
        return System.Threading.Tasks.Task.CompletedTask;
    }
}
