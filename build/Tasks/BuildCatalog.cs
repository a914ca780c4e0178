using EmPipeline.Stages;
using EmPipeline.Stages.Catalog;
using EmPipeline.Stages.Configuration;
using Microsoft.Build.Framework;

namespace EmPipeline.Build.Tasks;

/// <summary>Builds the catalogue from the ledgers of all datasets that came through.</summary>
[MSBuildMultiThreadableTask]
public sealed class BuildCatalog : PipelineTask
{
    [Required]
    public string Config { get; set; } = "";

    [Required]
    public string Data { get; set; } = "";

    protected override System.Threading.Tasks.Task RunAsync(CancellationToken cancellation) =>
        new ProgressReporter(BuildEngine, Data, "(all)", "Catalog").RunAsync(() => CatalogStage.RunAsync(ConfigReader.Read(Config), new DataFolder(Data), cancellation));
}
