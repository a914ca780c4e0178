using EmPipeline.Stages.Publish;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using Microsoft.Build.Framework;

namespace EmPipeline.Build.Tasks;

/// <summary>Brings volumes and catalogue to a bucket or another folder.</summary>
[MSBuildMultiThreadableTask]
public sealed class PublishData : RunTask
{
    /// <summary>Where to: s3://bucket/prefix or a folder.</summary>
    public string? To { get; set; }

    /// <summary>The address of another S3 server; empty for what the environment says.</summary>
    public string? Endpoint { get; set; }

    /// <summary>"true" only says what would be sent.</summary>
    public string? Plan { get; set; }

    /// <summary>"true" removes what is no longer wanted.</summary>
    public string? Prune { get; set; }

    /// <summary>Only looks whether that place can be written to at all: hours of work may come before.</summary>
    public bool OnlyCheck { get; set; }

    protected override async System.Threading.Tasks.Task RunAsync(CancellationToken cancellation)
    {
        if (string.IsNullOrEmpty(To))
            throw new EmException(Fault.Configuration, "--to: got nothing, expected where to publish: ./build.sh Publish --to s3://bucket/prefix, or a folder.");
        var run = Run();
        var progress = new ProgressReporter(BuildEngine, Data, "(all)", "Publish");
        var options = new PublishOptions(To)
        {
            Plan = Plan == "true",
            Prune = Prune == "true",
            Prices = run.Configuration.Prices,
            Stores = string.IsNullOrEmpty(Endpoint) ? null : new StoreOptions { S3 = S3StoreOptions.FromEnvironment(Endpoint) },
            Progress = progress,
            Say = text => Log.LogMessage(MessageImportance.High, "{0}", text),
            Warn = text => Log.LogWarning(null, null, null, null, 0, 0, 0, 0, "{0}", text),
        };
        if (OnlyCheck)
        {
            await PublishStage.CheckAsync(run.Data, options);
            return;
        }

        var plan = await run.CheckCatalogAsync(cancellation);
        await progress.RunAsync(() => PublishStage.RunAsync(plan, run.Data, options, cancellation));
        if (!options.Plan)
            options.Say($"Published: {To} (./build.sh Train --from {To} trains on it)");
    }
}
