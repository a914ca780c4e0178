using System.Diagnostics;

namespace EmPipeline.Benchmarks.Rechunk;

/// <summary>Bare loops in this process and datasets in a child's, in turn, round after round.</summary>
/// <param name="Times">The bare loops first, then the datasets.</param>
internal sealed record PairedRounds(Times Times, IReadOnlyList<StageRun> First, IReadOnlyList<StageRun> Last)
{
    /// <summary>What the first run of a process took more than the same run later: loading, compiling, first use of memory.</summary>
    public double StartUp { get; private init; }

    /// <summary>The most memory of the process over all rounds, MiB.</summary>
    public double Peak => Last.Max(run => run.PeakMebibytes);

    public double Processor(int dataset) => Last[dataset].ProcessorSeconds;

    /// <param name="bareFolder">Emptied before each bare loop.</param>
    /// <param name="written">About the bytes that a run writes.</param>
    public static async Task<PairedRounds> RunAsync(int rounds, string bareFolder, long written, Func<Task>[] bare, StageProcess child, string[] datasets)
    {
        var seconds = new double[rounds, bare.Length + datasets.Length];
        var (first, last) = (new StageRun[datasets.Length], new StageRun[datasets.Length]);
        // Two rounds more, until the compiler has made its last version of every hot method.
        for (var round = -2; round < rounds; round++)
        {
            for (var i = 0; i < bare.Length; i++)
            {
                Volume.Fresh(bareFolder);
                Machine.Wake(bareFolder, written);
                var watch = Stopwatch.StartNew();
                await Task.Run(bare[i]);
                if (round >= 0)
                    seconds[round, i] = watch.Elapsed.TotalSeconds;
            }

            Volume.Fresh(bareFolder);
            for (var i = 0; i < datasets.Length; i++)
            {
                Machine.Wake(bareFolder, written);
                last[i] = await child.RunAsync(datasets[i]);
                first[i] ??= last[i];
                if (round >= 0)
                    seconds[round, bare.Length + i] = last[i].Seconds;
            }
        }

        var times = new Times(seconds);
        return new PairedRounds(times, first, last) { StartUp = first[0].Seconds - times[bare.Length] };
    }
}
