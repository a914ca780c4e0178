using EmPipeline.Stages.Configuration;
using EmPipeline.Stages.Execution;
using EmPipeline.Stages.Tests.Execution;
using EmPipeline.Volumes;
using TaskStatus = EmPipeline.Stages.Execution.TaskStatus;

namespace EmPipeline.Stages.Tests.Rechunk;

/// <summary>A Rechunk that is divided among tasks makes what one process makes.</summary>
public sealed class RechunkTasksTests
{
    private static readonly ExecutorConfig Small = new() { TaskBytes = 128 << 10, AtOnce = 2, Retries = 1 };

    private static WorkerProgram Worker => new(Path.Combine(AppContext.BaseDirectory.Replace("EmPipeline.Stages.Tests", "EmPipeline.Worker", StringComparison.Ordinal), "EmPipeline.Worker.dll"));

    [Fact]
    public async Task Worker_processes_come_to_the_tree_of_one_process()
    {
        using var whole = Sections();
        var expected = await TreeAsync(whole);
        using var folder = Sections();
        using var executor = new LocalProcesses(Worker, 2);
        var progress = new List<StageProgress>();
        var run = Run(folder, executor, new DividedVolume.Told(progress.Add));
        await run.RunAsync(Datasets(folder));

        Tree(run.Data).Should().Equal(expected);
        Directory.Exists(run.Data.Portions("cube")).Should().BeFalse();
        progress.Should().NotBeEmpty().And.OnlyContain(value => value.Done <= value.Total);
        run.Outcome!.Summary.Should().Contain("kept");
    }

    [Fact]
    public async Task Tasks_that_fail_are_handed_over_again_and_only_they()
    {
        using var whole = Sections();
        var expected = await TreeAsync(whole);
        using var folder = Sections();
        var executor = new InProcess { Fails = (_, number, attempt) => attempt == 1 && number % 2 == 1 };
        var run = Run(folder, executor);
        await run.RunAsync(Datasets(folder));

        Tree(run.Data).Should().Equal(expected);
        executor.Arrays.Should().HaveCount(2);
        executor.Arrays[0].Numbers.Should().HaveCountGreaterThan(3);
        executor.Arrays[1].Numbers.Should().Equal(executor.Arrays[0].Numbers.Where(number => number % 2 == 1));
        run.Warnings.Should().ContainSingle().Which.Should().Contain("handed over again").And.Contain("on node7");
    }

    [Fact]
    public async Task One_that_took_too_much_memory_gets_more()
    {
        using var folder = Sections();
        var executor = new InProcess { Fails = (_, number, attempt) => attempt == 1 && number == 2, IsOutOfMemory = true };
        await Run(folder, executor).RunAsync(Datasets(folder));
        executor.Arrays[1].Numbers.Should().Equal(2);
        executor.Arrays[1].MemoryBytes.Should().Be(2 * executor.Arrays[0].MemoryBytes);
    }

    [Fact]
    public async Task One_that_always_fails_is_named_with_what_it_said_and_the_next_run_makes_the_rest()
    {
        using var whole = Sections();
        var expected = await TreeAsync(whole);
        using var folder = Sections();
        var broken = new InProcess { Fails = (_, number, _) => number == 1 };
        var run = Run(folder, broken);
        var failed = () => run.RunAsync(Datasets(folder));
        var error = (await failed.Should().ThrowAsync<EmException>()).Which;
        error.Message.Should().Contain("1 task failed 2 times").And.Contain("task 1 on node7: exit code 1").And.Contain("out of luck").And.Contain("The same command goes on");

        var sound = new InProcess();
        var again = Run(folder, sound);
        await again.RunAsync(Datasets(folder));
        sound.Arrays.SelectMany(array => array.Numbers).Should().Equal(1);
        Tree(again.Data).Should().Equal(expected);
    }

    [Fact]
    public async Task A_run_whose_terminal_went_away_is_taken_up_without_handing_anything_over_twice()
    {
        using var whole = Sections();
        var expected = await TreeAsync(whole);
        using var folder = Sections();
        using var gone = new CancellationTokenSource();
        var executor = new InProcess { Holds = true };
        executor.Submitted = gone.Cancel;
        var first = () => Run(folder, executor).RunAsync(Datasets(folder), gone.Token);
        await first.Should().ThrowAsync<OperationCanceledException>();

        executor.Release();
        var run = Run(folder, executor);
        await run.RunAsync(Datasets(folder));
        executor.Arrays.Should().ContainSingle();
        Tree(run.Data).Should().Equal(expected);
    }

    [Fact]
    public async Task Tasks_at_work_are_left_alone_by_a_run_that_wants_something_else()
    {
        using var folder = Sections();
        using var gone = new CancellationTokenSource();
        var executor = new InProcess { Holds = true };
        executor.Submitted = gone.Cancel;
        var first = () => Run(folder, executor).RunAsync(Datasets(folder), gone.Token);
        await first.Should().ThrowAsync<OperationCanceledException>();

        var other = () => Run(folder, executor).RunAsync(Datasets(folder, "codec: raw"));
        (await other.Should().ThrowAsync<EmException>()).WithMessage("*at work on what was asked for before*Status --cancel*");
        var local = () => Run(folder, null).RunAsync(Datasets(folder));
        (await local.Should().ThrowAsync<EmException>()).WithMessage("*handed over to test*--executor test*");
        executor.Release();
    }

    [Fact]
    public async Task Tasks_of_one_executor_are_left_alone_by_another()
    {
        using var folder = Sections();
        var executor = await HandOverAsync(folder);
        var other = () => Run(folder, new InProcess { Kind = "other" }).RunAsync(Datasets(folder));
        (await other.Should().ThrowAsync<EmException>()).WithMessage("*handed over to test*--executor test*");
        executor.Release();
    }

    [Fact]
    public async Task Once_its_tasks_are_ended_anybody_may_go_on()
    {
        using var whole = Sections();
        var expected = await TreeAsync(whole);
        foreach (var next in new IExecutor?[] { null, new InProcess { Kind = "other" } })
        {
            using var folder = Sections();
            var executor = await HandOverAsync(folder);
            var run = Run(folder, next);
            await Stages.Rechunk.TaskSurvey.CancelAsync(run.Data, "cube", _ => executor, TestContext.Current.CancellationToken);
            await run.RunAsync(Datasets(folder));
            Tree(run.Data).Should().Equal(expected);
        }
    }

    [Fact]
    public async Task A_shard_that_is_gone_once_its_task_is_done_is_made_again()
    {
        using var whole = Sections();
        var expected = await TreeAsync(whole);
        using var folder = Sections();
        var executor = new InProcess();
        var data = Run(folder, null).Data;
        executor.Done = () => File.Delete(Directory.EnumerateFiles(Path.Combine(data.Zarr("cube"), "s0", "c"), "*", SearchOption.AllDirectories).Order().First());
        await Run(folder, executor).RunAsync(Datasets(folder));
        Tree(data).Should().Equal(expected);
    }

    [Fact]
    public async Task Processes_that_ended_with_their_run_hold_up_nobody_who_wants_something_else()
    {
        using var folder = Sections();
        await HandOverAsync(folder, ExecutorConfig.Processes);
        var run = Run(folder, new InProcess { Kind = "other" });
        await run.RunAsync(Datasets(folder, "codec: raw"));
        run.Outcome!.Summary.Should().Contain("raw");
    }

    [Fact]
    public async Task A_run_that_was_killed_between_beginning_anew_and_handing_over_leaves_nothing_of_the_plan_before()
    {
        using var folder = Sections();
        var executor = await HandOverAsync(folder);
        executor.End();
        var data = Run(folder, null).Data;
        var (logs, program) = (Path.Combine(data.Portions("cube"), "logs"), Path.Combine(data.Portions("cube"), "program"));
        Directory.Delete(logs, recursive: true);
        Directory.CreateDirectory(program);
        File.WriteAllText(logs, "in the way");
        var larger = new ExecutorConfig { TaskBytes = 1 << 20, Retries = 1 };
        var killed = () => DividedVolume.Run(folder, executor, larger).RunAsync(Datasets(folder, "codec: raw"));
        await killed.Should().ThrowAsync<IOException>();
        File.Delete(logs);

        var next = new InProcess();
        await DividedVolume.Run(folder, next, larger).RunAsync(Datasets(folder, "codec: raw"));
        next.Arrays.Should().ContainSingle().Which.Numbers.Count.Should().BeLessThan(executor.Arrays[0].Numbers.Count);
        next.HadProgram.Should().BeFalse("another plan's tasks are run by the program of now");
    }

    [Fact]
    public void The_configuration_is_read_with_its_lines()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("pipeline.yaml", """
            version: 1
            executor: { slurm: { partition: em, taskSize: 512MiB, memory: 4GiB, cpus: 4, time: '2:00:00', flags: ['--qos=low'] } }
            datasets: { cube: { source: { file: scans } } }

            """);
        var config = ConfigReader.Read(path).Executor;
        (config.Kind, config.Partition, config.TaskBytes, config.MemoryBytes, config.Cpus, config.Time).Should().Be(("slurm", "em", 512L << 20, 4L << 30, 4, "2:00:00"));
        config.Flags.Should().Equal("--qos=low");
        folder.Write("pipeline.yaml", "version: 1\nexecutor: { slurm: { cores: 4 } }\ndatasets: { cube: { source: { file: scans } } }\n");
        var wrong = () => ConfigReader.Read(path);
        wrong.Should().Throw<EmException>().WithMessage("*pipeline.yaml:2: executor*cores*");
        folder.Write("pipeline.yaml", "version: 1\nexecutor: pbs\ndatasets: { cube: { source: { file: scans } } }\n");
        wrong.Should().Throw<EmException>().WithMessage("*pipeline.yaml:2: executor: got*expected local, processes, slurm*");
    }

    private static TemporaryFolder Sections() => DividedVolume.Sections();

    private static string Datasets(TemporaryFolder folder, string more = "codec: zstd") => DividedVolume.Datasets(folder, more);

    private static StageRun Run(TemporaryFolder folder, IExecutor? executor, IProgress<StageProgress>? progress = null) => DividedVolume.Run(folder, executor, Small, progress);

    /// <summary>A run that handed its tasks over and went away.</summary>
    private static async Task<InProcess> HandOverAsync(TemporaryFolder folder, string kind = "test")
    {
        using var gone = new CancellationTokenSource();
        var executor = new InProcess { Holds = true, Kind = kind };
        executor.Submitted = gone.Cancel;
        var first = () => Run(folder, executor).RunAsync(Datasets(folder), gone.Token);
        await first.Should().ThrowAsync<OperationCanceledException>();
        executor.Submitted = null;
        return executor;
    }

    private static Task<SortedDictionary<string, string>> TreeAsync(TemporaryFolder folder) => DividedVolume.TreeAsync(folder);

    private static SortedDictionary<string, string> Tree(DataFolder data) => DividedVolume.Tree(data);

    /// <summary>Runs tasks in this process, one after another, when it is asked how they are.</summary>
    private sealed class InProcess : IExecutor
    {
        private readonly Dictionary<(string, int), TaskState> _states = [];
        private readonly Dictionary<int, int> _attempts = [];
        private bool _released;

        public List<TaskArray> Arrays { get; } = [];

        public Func<string, int, int, bool> Fails { get; init; } = (_, _, _) => false;

        public bool IsOutOfMemory { get; init; }

        public bool Holds { get; init; }

        public Action? Submitted { get; set; }

        public Action? Done { get; set; }

        public string Kind { get; init; } = "test";

        /// <summary>Whether a program lay beside the job when it was handed over.</summary>
        public bool HadProgram { get; private set; }

        public TimeSpan Tick => TimeSpan.FromMilliseconds(1);

        public void Release() => _released = true;

        public void End()
        {
            foreach (var task in _states.Keys)
                _states[task] = new TaskState(TaskStatus.Ended, "CANCELLED");
        }

        public Task SubmitAsync(TaskArray tasks, CancellationToken cancellation)
        {
            Arrays.Add(tasks);
            HadProgram = Directory.Exists(Path.Combine(tasks.Folder, "program"));
            foreach (var number in tasks.Numbers)
                _states[(tasks.Name, number)] = new TaskState(TaskStatus.Waiting, "Priority");
            Submitted?.Invoke();
            return Task.CompletedTask;
        }

        public async Task<IReadOnlyDictionary<(string Array, int Number), TaskState>> QueryAsync(IReadOnlyList<TaskArray> arrays, CancellationToken cancellation)
        {
            if (Holds && !_released)
                return _states;
            foreach (var array in Arrays)
            {
                foreach (var number in array.Numbers.Where(number => _states[(array.Name, number)].Status == TaskStatus.Waiting))
                {
                    var attempt = _attempts[number] = _attempts.GetValueOrDefault(number) + 1;
                    if (Fails(array.Name, number, attempt))
                    {
                        Directory.CreateDirectory(Path.GetDirectoryName(array.Log(number))!);
                        await File.AppendAllTextAsync(array.Log(number), "out of luck\n", cancellation);
                        _states[(array.Name, number)] = new TaskState(TaskStatus.Ended, "exit code 1", "node7") { IsOutOfMemory = IsOutOfMemory };
                        continue;
                    }

                    await Stages.Rechunk.RechunkTask.RunAsync(array.Job, number, null, cancellation);
                    _states[(array.Name, number)] = new TaskState(TaskStatus.Ended, "exit code 0", "node7");
                }
            }

            Done?.Invoke();
            return _states;
        }

        public string? Hint(IReadOnlyList<TaskArray> arrays) => "they go on";

        public Task CancelAsync(IReadOnlyList<TaskArray> arrays, CancellationToken cancellation)
        {
            End();
            return Task.CompletedTask;
        }
    }
}
