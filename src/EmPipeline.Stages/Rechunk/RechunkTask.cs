using EmPipeline.Volumes;
using EmPipeline.Volumes.Rechunk;
using EmPipeline.Zarr.Portions;

namespace EmPipeline.Stages.Rechunk;

/// <summary>One task of a divided Rechunk: makes one portion. Run again at any time, also while a predecessor lives on, it does what is left.</summary>
public static class RechunkTask
{
    /// <param name="jobFile">Written by whoever handed the task over.</param>
    /// <exception cref="EmException">There is no such job, or the portion could not be made.</exception>
    public static async Task RunAsync(string jobFile, int number, IProgress<RechunkProgress>? progress, CancellationToken cancellation)
    {
        var job = RechunkJob.Read(jobFile);
        if (job?.Plan is not { } plan)
            throw new EmException(Fault.Machine, $"{jobFile}: got no job on {Environment.MachineName}, expected that of a Rechunk. Is the data folder shared with this machine?");
        // STATE/Rechunk.portions/job.json
        var context = job.Context(DataFolder.OfPortion(jobFile, job.Definition.Name));
        await using var volume = await job.OpenAsync(context, cancellation);
        await PortionedRechunk.RunAsync(
            volume.Zyx, volume.Region, context.Zarr, context.Data.ShardTable(context.Dataset.Name), job.Options(context), plan.Shape, number, progress, cancellation);
    }
}
