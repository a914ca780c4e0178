using EmPipeline.Stages.Add;
using EmPipeline.Volumes;
using Microsoft.Build.Framework;

namespace EmPipeline.Build.Tasks;

/// <summary>Adds a dataset of a registry to the configuration.</summary>
[MSBuildMultiThreadableTask]
public sealed class AddSource : PipelineTask
{
    [Required]
    public string Config { get; set; } = "";

    public string? Source { get; set; }

    public string? Name { get; set; }

    public string? DryRun { get; set; }

    /// <summary>The folder of the Demo's mirror; empty for the real registries.</summary>
    public string? Mirror { get; set; }

    protected override System.Threading.Tasks.Task RunAsync(CancellationToken cancellation)
    {
        if (string.IsNullOrEmpty(Source))
            throw new EmException(Fault.Configuration, "--source: got nothing, expected an entry of a registry, such as empiar:10311: ./build.sh Add --source ENTRY [--name NAME] [--dry-run].");
        return AddDataset.RunAsync(
            Config, Source, string.IsNullOrEmpty(Name) ? null : Name, DryRun == "true", line => Log.LogMessage(MessageImportance.High, "{0}", line),
            string.IsNullOrEmpty(Mirror) ? null : () => MirrorProcess.For((IBuildEngine4)BuildEngine, Mirror), cancellation);
    }
}
