using EmPipeline.Stages;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace EmPipeline.Build.Tasks;

/// <summary>Splits the configuration into the stages' input files and names the datasets to run.</summary>
[MSBuildMultiThreadableTask]
public sealed class SplitConfiguration : PipelineTask
{
    [Required]
    public string Config { get; set; } = "";

    [Required]
    public string Data { get; set; } = "";

    /// <summary>"a+b"; empty for all.</summary>
    public string? Only { get; set; }

    [Output]
    public ITaskItem[] Datasets { get; set; } = [];

    /// <summary>The files that the catalogue is made of.</summary>
    [Output]
    public ITaskItem[] CatalogInputs { get; set; } = [];

    protected override async System.Threading.Tasks.Task RunAsync(CancellationToken cancellation)
    {
        var split = await ConfigurationSplitter.RunAsync(Config, new DataFolder(Data), Only?.Split('+', StringSplitOptions.RemoveEmptyEntries) ?? [], cancellation);
        Datasets = [.. split.Datasets.Select(name => new TaskItem(name))];
        CatalogInputs = [.. split.CatalogInputs.Select(path => new TaskItem(path))];
    }
}
