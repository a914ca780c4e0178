using EmPipeline.Stages.Configuration;
using EmPipeline.Stages.Download;
using EmPipeline.Stages.Execution;
using EmPipeline.Stages.Ledgers;
using EmPipeline.Stages.Metadata;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Zarr.Portions;

namespace EmPipeline.Stages.Rechunk;

/// <summary>Has the shards of a volume made by tasks elsewhere. What they leave is taken up by the stage's own run, which makes what is missing.</summary>
internal static class RechunkTasks
{
    // What a task's process takes besides its buffers.
    private const long ProcessBytes = 512L << 20;

    /// <summary>Divides the volume and hands its portions over, or goes on with those that were handed over; returns when all are made.</summary>
    /// <exception cref="EmException">Some could not be made; the others are kept.</exception>
    public static async Task RunAsync(StageContext context, Ledger download, MetadataResult described, string identity, CancellationToken cancellation)
    {
        var (name, data, config) = (context.Dataset.Name, context.Data, context.Execution);
        var fetched = download.ResultAs<DownloadResult>();
        var job = new RechunkJob(
            context.Definition, fetched.Root, fetched.Open, fetched.Crop, download.Files, identity, described.VoxelSizeNm, described.LabelCentreNm,
            config.Cpus, context.Dataset.Output.MemoryBytes);
        var portions = data.Portions(name);
        var record = TaskRecord.Read(portions);
        // Processes ended with the run that began them.
        if (record is not null && record.Executor != ExecutorConfig.Processes && record.Executor != context.Executor?.Kind)
            throw new EmException(Fault.Configuration, $"{portions}: got tasks that were handed over to {record.Executor}, expected to go on with them. Run the same command with --executor {record.Executor}, or end them with ./build.sh Status --cancel.");
        if (context.Executor is not { } executor)
            return;

        var run = new TaskRun(executor, portions, config.Retries, context.Warn);
        if (record is null || RechunkJob.Read(RechunkJob.PathIn(portions)) is not { Plan: not null } before || !before.MakesTheSameAs(job))
        {
            if (record is not null)
                await run.RequireEndedAsync(record, cancellation);
            before = await BeginAsync(context, job, portions, cancellation);
            record = await run.SubmitAsync(
                new TaskRecord(executor.Kind, []), before.Plan!.ToDo.Select(portion => portion.Number).ToList(),
                new TaskArray("", RechunkJob.PathIn(portions), [], config.Cpus, config.MemoryBytes ?? (job.MemoryBytes + ProcessBytes), config.AtOnce), cancellation);
        }

        var options = before.Options(before.Context(data));
        var portionsByNumber = before.Plan!.ToDo.ToDictionary(portion => portion.Number);
        record = await run.WaitAsync(record, number => PortionedRechunk.IsDone(options, number), number => PortionedRechunk.JournalLength(options, number),
            new Share(context.Progress, options, portionsByNumber).Report, cancellation);
        // Predecessors that a scheduler holds, or that live on, have nothing to do any more.
        if (record.Arrays.Count > 1)
            await executor.CancelAsync(record.Arrays, cancellation);
    }

    private static async Task<RechunkJob> BeginAsync(StageContext context, RechunkJob job, string portions, CancellationToken cancellation)
    {
        var (name, data, config) = (context.Dataset.Name, context.Data, context.Execution);
        using var turn = await ExclusiveFile.AcquireAsync(data.RechunkTurn, cancellation);
        await using var volume = await job.OpenAsync(context, cancellation);
        // Of a plan before: its tasks' numbers mean other portions, and its program may be an older one.
        TaskRecord.Remove(portions);
        WorkerCopy.Remove(portions);
        var plan = await PortionedRechunk.BeginAsync(
            volume.Zyx, volume.Region, context.Zarr, data.ShardTable(name), job.Options(context), config.TaskBytes, config.MostTasks, cancellation);
        var begun = job with { Plan = plan };
        await begun.WriteAsync(RechunkJob.PathIn(portions), cancellation);
        return begun;
    }

    /// <summary>How far the tasks are, from how long their journals are.</summary>
    private sealed class Share(IProgress<StageProgress> progress, EmPipeline.Zarr.RechunkOptions options, IReadOnlyDictionary<int, PlannedPortion> portions)
    {
        private readonly long _total = portions.Values.Sum(portion => portion.Bytes);

        public void Report(IReadOnlySet<int> open, IEnumerable<int> running)
        {
            var done = _total - open.Sum(number => portions[number].Bytes);
            foreach (var number in running)
                done += (long)(portions[number].Bytes * Math.Min(1, (double)PortionedRechunk.JournalLength(options, number) / portions[number].JournalBytes));
            progress.Report(new StageProgress(done, _total));
        }
    }
}
