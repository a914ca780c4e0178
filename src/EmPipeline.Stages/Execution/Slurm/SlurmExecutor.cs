using System.Globalization;
using EmPipeline.Stages.Configuration;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Execution.Slurm;

/// <summary>
/// Runs tasks as job arrays of Slurm, which go on whatever becomes of this process. Jobs are known by names that nobody else uses: numbers are given again when a
/// controller loses its memory. What a controller that is away was told is not repeated before it has been asked.
/// </summary>
/// <param name="config">Partition, account and the rest of what sbatch is given.</param>
/// <param name="worker">As it was built here; nodes are given a copy of it and of its runtime beside the job.</param>
public sealed class SlurmExecutor(ExecutorConfig config, WorkerProgram worker) : IExecutor
{
    /// <summary>Tasks of one job array: what every cluster allows.</summary>
    private const int Together = TaskArray.Together;
    private const int Submissions = 3;

    public string Kind => ExecutorConfig.Slurm;

    public TimeSpan Tick { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a controller may be away before that is an error.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(5);

    public async Task SubmitAsync(TaskArray tasks, CancellationToken cancellation)
    {
        var program = await WorkerCopy.MakeAsync(worker.Require(), WorkerCopy.FolderIn(tasks.Folder), cancellation);
        var groups = tasks.Numbers.GroupBy(number => number / Together).ToList();
        foreach (var group in groups)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(tasks.Log(group.First()))!);
            var arguments = Arguments(tasks, group.Key, group.Select(number => number % Together), groups.Count);
            await SubmitAsync(NameOf(tasks, group.Key), arguments, Script(tasks, group.Key, program), cancellation);
        }
    }

    public async Task<IReadOnlyDictionary<(string Array, int Number), TaskState>> QueryAsync(IReadOnlyList<TaskArray> arrays, CancellationToken cancellation)
    {
        var names = arrays.SelectMany(array => Names(array).Select(name => (Name: name, Array: array))).ToDictionary(pair => pair.Name, pair => pair.Array);
        var lines = await AskAsync(SlurmStates.Query(names.Keys), cancellation);
        return SlurmStates.Parse(lines, names);
    }

    public async Task CancelAsync(IReadOnlyList<TaskArray> arrays, CancellationToken cancellation)
    {
        foreach (var name in arrays.SelectMany(Names))
            await SlurmCommand.RunAsync("scancel", [$"--name={name}"], null, cancellation);
    }

    public string? Hint(IReadOnlyList<TaskArray> arrays) =>
        $"Its jobs go on: squeue --name={string.Join(',', arrays.SelectMany(Names))} shows them, ./build.sh Status too; the same command waits for them again, ./build.sh Status --cancel ends them.";

    private static string NameOf(TaskArray tasks, int group) => string.Create(CultureInfo.InvariantCulture, $"{tasks.Name}.{group}");

    private static IEnumerable<string> Names(TaskArray tasks) => tasks.Numbers.Select(number => number / Together).Distinct().Select(group => NameOf(tasks, group));

    private async Task SubmitAsync(string name, IReadOnlyList<string> arguments, string script, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await SlurmCommand.RunAsync("sbatch", arguments, script, cancellation);
                return;
            }
            catch (SlurmAwayException) when (attempt < Submissions)
            {
                // It may have heard all the same.
                if ((await AskAsync(SlurmStates.Query([name]), cancellation)).Count > 0)
                    return;
            }
        }
    }

    /// <summary>Asks until the controller answers.</summary>
    /// <exception cref="EmException">It has been away for too long.</exception>
    private async Task<IReadOnlyList<string>> AskAsync(IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        var since = System.Diagnostics.Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return await SlurmCommand.RunAsync("squeue", arguments, null, cancellation);
            }
            catch (SlurmAwayException e) when (since.Elapsed > Patience)
            {
                throw new EmException(Fault.Machine, $"{e.Message} for {Patience.TotalSeconds:0} s, expected it to answer: 'scontrol ping' says when it does. What was handed over goes on; run the same command again then.", e);
            }
            catch (SlurmAwayException)
            {
                await Task.Delay(Tick, cancellation);
            }
        }
    }

    private List<string> Arguments(TaskArray tasks, int group, IEnumerable<int> indices, int groups)
    {
        var limit = tasks.AtOnce is { } atOnce ? $"%{Math.Max(1, atOnce / groups)}" : "";
        var log = Path.Combine(Path.GetDirectoryName(tasks.Log(group * Together))!, "%3a.log");
        var arguments = new List<string>
        {
            "--parsable", $"--job-name={NameOf(tasks, group)}", $"--array={SlurmStates.Ranges(indices)}{limit}", $"--output={log}", "--open-mode=append", "--chdir=/", "--export=NONE", "--requeue",
            "--ntasks=1", $"--cpus-per-task={tasks.Cpus}", string.Create(CultureInfo.InvariantCulture, $"--mem={Math.Max(1, tasks.MemoryBytes >> 20)}M"),
            // To the program itself, which the script becomes.
            "--signal=B:TERM@60",
        };
        void Add(string option, string? value)
        {
            if (value is not null)
                arguments.Add($"--{option}={value}");
        }

        Add("partition", config.Partition);
        Add("account", config.Account);
        Add("time", config.Time);
        Add("constraint", config.Constraint);
        arguments.AddRange(config.Flags);
        return arguments;
    }

    // Nothing is assumed of a node but the shared folder and bash.
    private static string Script(TaskArray tasks, int group, string program) => string.Create(CultureInfo.InvariantCulture, $"""
        #!/bin/bash
        [ -r {Quote(tasks.Job)} ] || {"{"} echo "$(hostname): got no "{Quote(tasks.Job)}", expected the data folder to be shared with this node."; exit 3; {"}"}
        export DOTNET_ROOT={Quote(program)} DOTNET_GCgen0size=0x1000000 DOTNET_TieredPGO=0
        exec {Quote(Path.Combine(program, "dotnet"))} {Quote(Path.Combine(program, "worker", Path.GetFileName(WorkerCopy.Assembly)))} {Quote(tasks.Job)} $(({group} * {Together} + SLURM_ARRAY_TASK_ID)) < /dev/null

        """);

    private static string Quote(string text) => "'" + text.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
}
