using EmPipeline.Stages.Download;
using EmPipeline.Volumes;
using Microsoft.Build.Framework;

namespace EmPipeline.Build.Tasks;

/// <summary>Says what Download would fetch, without fetching it.</summary>
[MSBuildMultiThreadableTask]
public sealed class PlanDownload : RunTask
{
    public string? Only { get; set; }

    protected override async System.Threading.Tasks.Task RunAsync(CancellationToken cancellation)
    {
        var (run, all) = (Run(), new DownloadTally());
        foreach (var dataset in run.Select(Names(Only)))
        {
            try
            {
                var tally = await run.PlanDownloadAsync(dataset.Name, cancellation);
                Print($"{dataset.Name}: {tally}");
                all.Add(tally);
            }
            catch (EmException e)
            {
                // The others' plans are worth knowing.
                Log.LogWarning(null, null, null, null, 0, 0, 0, 0, "{0}", $"{dataset.Name}: {e.Message}");
            }
        }

        var root = Path.GetFullPath(Data);
        while (!Directory.Exists(root) && Path.GetDirectoryName(root) is { } above)
            root = above;
        Print(FormattableString.Invariant($"in all: {all}{(run.Configuration.Prices is { } prices ? $", {prices.OfDownloading(all.Requests, all.Bytes)}" : "")}; {new DriveInfo(root).AvailableFreeSpace / 1e6:n0} MB are free in {root}"));
    }

    private void Print(string line) => Log.LogMessage(MessageImportance.High, "{0}", line);
}
