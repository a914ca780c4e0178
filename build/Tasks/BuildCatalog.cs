using EmPipeline.Stages.Catalog;
using Microsoft.Build.Framework;

namespace EmPipeline.Build.Tasks;

/// <summary>Builds the catalogue from the ledgers of all complete datasets, and names the others.</summary>
[MSBuildMultiThreadableTask]
public sealed class BuildCatalog : RunTask
{
    protected override async System.Threading.Tasks.Task RunAsync(CancellationToken cancellation)
    {
        var run = Run();
        var plan = await run.CheckCatalogAsync(cancellation);
        await new ProgressReporter(BuildEngine, Data, "(all)", "Catalog").RunAsync(() => CatalogStage.RunAsync(
            plan, run.Data, text => Log.LogWarning(null, null, null, null, 0, 0, 0, 0, "{0}", text), cancellation));
    }
}
