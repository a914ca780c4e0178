using System.Security.Cryptography;

namespace EmPipeline.Torch.Tests.Training;

/// <summary>
/// A command of EmPipeline.Train killed (SIGKILL) again and again until it ends: at moments spread over the time that all of it takes, and at moments after so much of its
/// work is on disk. What is left must be the files of a run that nothing stopped.
/// </summary>
internal abstract class KilledProgram(IReadOnlyList<string> arguments, ITestOutputHelper output)
{
    // Of one whole run.
    private const int MostKills = 5;

    /// <summary>The files that it makes.</summary>
    protected abstract IEnumerable<string> Made { get; }

    /// <summary>How much of its work is on disk.</summary>
    protected abstract int Progress { get; }

    /// <summary>Removes all that it made.</summary>
    protected abstract void Clear();

    /// <summary>Holds what a run did, killed or not, against what the run before it had left.</summary>
    protected abstract void Check(TrainProcess run);

    /// <param name="kills">How many times it is killed in all.</param>
    public async Task RunAsync(int kills)
    {
        var whole = await TrainProcess.RunAsync(arguments);
        // 1 where a training so short found no more than a threshold does.
        (whole.Code is 0 or 1).Should().BeTrue(whole.Error);
        var (expected, all, random) = (Snapshot(), Progress, new Random(1));
        expected.Should().NotBeEmpty();
        all.Should().BePositive();
        for (var (killed, rounds) = (0, 0); killed < kills; rounds++)
        {
            // A moment in each part of the time, or of the work.
            var part = (killed + random.NextDouble()) / kills;
            Clear();
            for (var inARow = 0; killed < kills && inARow < MostKills; inARow++)
            {
                var run = await TrainProcess.RunAsync(arguments, Moment(part, byWork: killed % 2 == 1));
                Check(run);
                if (!run.IsKilled)
                {
                    RequireEnd(run);
                    break;
                }

                killed++;
                output.WriteLine($"{killed} of {kills} killed: after {run.Time.TotalSeconds:0.0} s of {whole.Time.TotalSeconds:0.0}, {Progress} of {all} on disk.");
                part = random.NextDouble();
            }

            var last = await TrainProcess.RunAsync(arguments);
            RequireEnd(last);
            Check(last);
            Snapshot().Should().Equal(expected);
            rounds.Should().BeLessThan(10 * kills, "else it always ends before it is killed");
        }

        void RequireEnd(TrainProcess run) => (run.Code, run.Error).Should().Be((whole.Code, ""));

        Func<TimeSpan, bool> Moment(double part, bool byWork)
        {
            if (!byWork)
                return time => time > whole.Time * part;
            // Not just when it has written something, but also some time after.
            var (from, reached, pause) = (Progress, (TimeSpan?)null, whole.Time * random.NextDouble() / 10);
            var until = from + Math.Max(1, (int)((all - from) * part));
            return time =>
            {
                if (reached is null && Progress >= until)
                    reached = time;
                return time > reached + pause;
            };
        }
    }

    private Dictionary<string, string> Snapshot() => Made.ToDictionary(path => path, path => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path))));
}
