using Microsoft.Build.Framework;

namespace EmPipeline.Build.Tasks;

/// <summary>Finds out by content whether the catalogue has to be built, and lets the time stamps of its inputs and ledger say so.</summary>
[MSBuildMultiThreadableTask]
public sealed class CheckCatalog : RunTask
{
    protected override async System.Threading.Tasks.Task RunAsync(CancellationToken cancellation) => await Run().CheckCatalogAsync(cancellation);
}
