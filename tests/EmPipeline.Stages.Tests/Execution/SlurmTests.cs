using System.Diagnostics;
using EmPipeline.Stages.Configuration;
using EmPipeline.Stages.Execution;
using EmPipeline.Stages.Execution.Slurm;
using EmPipeline.Stages.Rechunk;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Tests.Execution;

/// <summary>A Rechunk on a real Slurm cluster.</summary>
public sealed class SlurmTests(SlurmCluster cluster) : IClassFixture<SlurmCluster>
{
    private static readonly ExecutorConfig Config = new() { Kind = "slurm", TaskBytes = 128 << 10, MemoryBytes = 500 << 20, Retries = 2 };

    private static WorkerProgram Worker => new(Path.Combine(AppContext.BaseDirectory.Replace("EmPipeline.Stages.Tests", "EmPipeline.Worker", StringComparison.Ordinal), "EmPipeline.Worker.dll"));

    [Fact(Timeout = 180_000)]
    public async Task Jobs_come_to_the_tree_of_one_process_through_kills_requeues_and_a_controller_that_is_restarted()
    {
        cluster.Require();
        using var whole = DividedVolume.Sections();
        var expected = await DividedVolume.TreeAsync(whole);
        using var folder = DividedVolume.Sections();
        var chaos = new Chaos(cluster, Executor());
        var run = DividedVolume.Run(folder, chaos, Config with { Retries = 8 });
        await run.RunAsync(DividedVolume.Datasets(folder), TestContext.Current.CancellationToken);
        var tree = DividedVolume.Tree(run.Data);
        // What sections are put together from waits for no disk: what a killed task had not handed on is taken from its shard instead.
        tree.Remove("state/cube/Rechunk.patches");
        expected.Remove("state/cube/Rechunk.patches");
        tree.Should().Equal(expected);
        chaos.Done.Should().BeGreaterThan(3);
    }

    [Fact(Timeout = 180_000)]
    public async Task What_goes_on_without_its_terminal_is_found_again_and_can_be_ended()
    {
        cluster.Require();
        using var folder = DividedVolume.Sections();
        using var gone = new CancellationTokenSource();
        // Held: nothing runs before the test has looked.
        var executor = Executor(Config with { Flags = ["--hold"] });
        var run = DividedVolume.Run(folder, new Submitted(executor, gone.Cancel), Config);
        var first = () => run.RunAsync(DividedVolume.Datasets(folder), gone.Token);
        await first.Should().ThrowAsync<OperationCanceledException>();
        run.Warnings.Should().Contain(warning => warning.Contains("squeue --name=em-"));

        var survey = await TaskSurvey.OfAsync(run.Data, "cube", _ => executor, TestContext.Current.CancellationToken);
        survey!.Waiting.Should().BeGreaterThan(3);
        survey.ToString().Should().Contain("waiting (JobHeldUser)").And.StartWith("0 of ");
        await TaskSurvey.CancelAsync(run.Data, "cube", _ => executor, TestContext.Current.CancellationToken);

        // Ended tasks are handed over again by whoever goes on.
        var again = DividedVolume.Run(folder, Executor(), Config);
        await again.RunAsync(DividedVolume.Datasets(folder));
        Directory.Exists(again.Data.Portions("cube")).Should().BeFalse();
    }

    [Fact(Timeout = 180_000)]
    public async Task A_task_that_never_succeeds_is_shown_with_its_node_and_its_last_words()
    {
        cluster.Require();
        using var folder = DividedVolume.Sections();
        // What tasks read is gone when they start.
        var executor = new Submitted(Executor(), () => { }) { Before = () => Directory.Delete(folder["scans"], recursive: true) };
        var run = DividedVolume.Run(folder, executor, Config with { Retries = 0 });
        var failed = () => run.RunAsync(DividedVolume.Datasets(folder), TestContext.Current.CancellationToken);
        (await failed.Should().ThrowAsync<EmException>()).Which.Message.Should().MatchRegex("tasks failed 1 time.*on node[12]: FAILED .NonZeroExitCode., exit code 1").And.Contain("scans");
    }

    [Theory]
    [InlineData("--partition=nowhere", "executor.slurm.partition: got \"invalid partition specified: nowhere")]
    [InlineData("--mem=900G", "executor.slurm.memory: got \"Memory specification can not be satisfied")]
    [InlineData("--constraint=gold", "executor.slurm.constraint: got")]
    [InlineData("--time=soon", "executor.slurm.time: got")]
    [InlineData("--zork", "executor.slurm.flags: got")]
    public async Task What_the_cluster_refuses_is_said_with_the_key_to_correct(string flag, string says)
    {
        cluster.Require();
        using var folder = new TemporaryFolder();
        var submit = () => Executor(Config with { Flags = [flag] }).SubmitAsync(Array(folder), TestContext.Current.CancellationToken);
        (await submit.Should().ThrowAsync<EmException>()).WithMessage($"*{says}*run the same command again*");
    }

    [Fact(Timeout = 180_000)]
    public async Task A_controller_that_stays_away_is_waited_for_no_longer_than_that()
    {
        cluster.Require();
        using var folder = new TemporaryFolder();
        Kill(cluster.ProcessOf("slurmctld"));
        try
        {
            var ask = () => new SlurmExecutor(Config, Worker) { Tick = TimeSpan.FromMilliseconds(50), Patience = TimeSpan.FromMilliseconds(100) }
                .QueryAsync([Array(folder)], TestContext.Current.CancellationToken);
            (await ask.Should().ThrowAsync<EmException>()).WithMessage("squeue: got*expected it to answer*run the same command again then.");
        }
        finally
        {
            cluster.Start("slurmctld");
        }
    }

    private static SlurmExecutor Executor(ExecutorConfig? config = null) => new(config ?? Config, Worker) { Tick = TimeSpan.FromMilliseconds(500) };

    private static TaskArray Array(TemporaryFolder folder) => new($"em-{Guid.NewGuid():N}"[..11], folder["job.json"], [0, 1, 1500], 1, 100 << 20, 2);

    private static void Kill(int process)
    {
        using var killed = Process.GetProcessById(process);
        killed.Kill();
        killed.WaitForExit();
    }

    /// <summary>Does something around the first handing over.</summary>
    private sealed class Submitted(IExecutor inner, Action after) : IExecutor
    {
        public Action Before { get; init; } = () => { };

        public string Kind => inner.Kind;

        public TimeSpan Tick => inner.Tick;

        public async Task SubmitAsync(TaskArray tasks, CancellationToken cancellation)
        {
            Before();
            await inner.SubmitAsync(tasks, cancellation);
            after();
        }

        public Task<IReadOnlyDictionary<(string Array, int Number), TaskState>> QueryAsync(IReadOnlyList<TaskArray> arrays, CancellationToken cancellation) => inner.QueryAsync(arrays, cancellation);

        public string? Hint(IReadOnlyList<TaskArray> arrays) => inner.Hint(arrays);

        public Task CancelAsync(IReadOnlyList<TaskArray> arrays, CancellationToken cancellation) => inner.CancelAsync(arrays, cancellation);
    }

    /// <summary>Does harm at every other look at the tasks, a few times.</summary>
    private sealed class Chaos(SlurmCluster cluster, IExecutor inner) : IExecutor
    {
        private readonly Random _random = new(1);
        private int _looks;

        /// <summary>How often it did.</summary>
        public int Done { get; private set; }

        public string Kind => inner.Kind;

        public TimeSpan Tick => inner.Tick;

        public Task SubmitAsync(TaskArray tasks, CancellationToken cancellation) => inner.SubmitAsync(tasks, cancellation);

        public async Task<IReadOnlyDictionary<(string Array, int Number), TaskState>> QueryAsync(IReadOnlyList<TaskArray> arrays, CancellationToken cancellation)
        {
            var states = await inner.QueryAsync(arrays, cancellation);
            _looks++;
            if (_looks < 10)
                Harm();
            else
                Hurry();
            return states;
        }

        public string? Hint(IReadOnlyList<TaskArray> arrays) => inner.Hint(arrays);

        public Task CancelAsync(IReadOnlyList<TaskArray> arrays, CancellationToken cancellation) => inner.CancelAsync(arrays, cancellation);

        private void Harm()
        {
            var jobs = SlurmCluster.Run("squeue", "--noheader", "--array", "--states=R,PD", "--format=%A %i %t", "--sort=i").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')).ToList();
            var running = jobs.Where(job => job[2] == "R").ToList();
            Done++;
            switch (_looks)
            {
                case 8:
                    // It forgets what it was told in the last seconds, and gives the numbers of those jobs to others.
                    Kill(cluster.ProcessOf("slurmctld"));
                    cluster.Start("slurmctld");
                    break;
                case 1 or 5 or 7 when jobs.Count > 0:
                    SlurmCluster.Run("scancel", jobs[_random.Next(jobs.Count)][1]);
                    break;
                case 2 or 6 or 9 when running.Count > 0:
                    SlurmCluster.Run("scancel", "--signal=KILL", "--full", running[_random.Next(running.Count)][1]);
                    break;
                case 4 when running.Count > 0:
                    SlurmCluster.Run("scontrol", "requeue", running[_random.Next(running.Count)][1]);
                    break;
                default:
                    Done--;
                    break;
            }
        }

        // What was requeued would wait two minutes; started again too early, it takes its node out of service.
        private static void Hurry()
        {
            foreach (var job in SlurmCluster.Run("squeue", "--noheader", "--array", "--states=PD", "--format=%A %r").Split('\n').Where(line => line.EndsWith("BeginTime", StringComparison.Ordinal)))
                SlurmCluster.Run("scontrol", "update", $"JobId={job.Split(' ')[0]}", "StartTime=now");
            SlurmCluster.Run("scontrol", "update", "NodeName=node1,node2", "State=resume");
        }
    }
}
