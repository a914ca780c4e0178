using System.Globalization;

namespace EmPipeline.Stages.Execution.Slurm;

/// <summary>What squeue says of job arrays: one query, whatever the number of tasks.</summary>
internal static class SlurmStates
{
    private const string Format = "Name:48,ArrayTaskID:12,State:24,Reason:48,exit_code:12,NodeList:48";
    private static readonly int[] Widths = [48, 12, 24, 48, 12, 48];

    // Waiting for these will not help.
    private static readonly string[] Stuck =
    [
        "JobHeldUser", "JobHeldAdmin", "DependencyNeverSatisfied", "BadConstraints", "PartitionTimeLimit", "PartitionNodeLimit",
        "PartitionDown", "PartitionInactive", "InvalidAccount", "InvalidQOS", "ReqNodeNotAvail", "Nodes required for job are DOWN",
    ];

    // It was started, that failed, and Slurm holds it until somebody looks: handed over again, it may go elsewhere.
    private static readonly string[] Failed = ["launch failed requeued held", "launch_failed_requeued_held", "JobHoldMaxRequeue", "job requeued in held state"];

    public static IReadOnlyList<string> Query(IEnumerable<string> names) => ["--noheader", "--array", "--states=all", $"--name={string.Join(',', names)}", $"--Format={Format}"];

    /// <param name="arrays">By the job's name.</param>
    public static IReadOnlyDictionary<(string Array, int Number), TaskState> Parse(IEnumerable<string> lines, IReadOnlyDictionary<string, TaskArray> arrays)
    {
        var states = new Dictionary<(string, int), TaskState>();
        foreach (var line in lines)
        {
            var fields = Fields(line);
            // A job that was never started as an array of ours has no index.
            if (!arrays.TryGetValue(fields[0], out var array) || !int.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out var index))
                continue;
            var number = (int.Parse(fields[0].AsSpan(fields[0].LastIndexOf('.') + 1), CultureInfo.InvariantCulture) * TaskArray.Together) + index;
            states[(array.Name, number)] = Of(array, number, fields);
        }

        return states;
    }

    /// <summary>Numbers as --array takes them: "0-3,7".</summary>
    public static string Ranges(IEnumerable<int> numbers)
    {
        var ranges = new List<(int First, int Last)>();
        foreach (var number in numbers.Order())
        {
            if (ranges.Count > 0 && ranges[^1].Last == number - 1)
                ranges[^1] = (ranges[^1].First, number);
            else
                ranges.Add((number, number));
        }

        return string.Join(',', ranges.Select(range => range.First == range.Last ? $"{range.First}" : $"{range.First}-{range.Last}"));
    }

    private static TaskState Of(TaskArray array, int number, string[] fields)
    {
        var (state, reason, node) = (fields[2], fields[3], fields[5].Length == 0 || fields[5] == "n/a" ? null : fields[5]);
        switch (state)
        {
            case "PENDING" or "REQUEUED" or "REQUEUE_FED" or "RESV_DEL_HOLD" when !Failed.Any(failed => reason.StartsWith(failed, StringComparison.OrdinalIgnoreCase)):
                return new TaskState(TaskStatus.Waiting, reason, node) { IsStuck = Stuck.Any(stuck => reason.StartsWith(stuck, StringComparison.Ordinal)) };
            case "RUNNING" or "CONFIGURING" or "COMPLETING" or "SUSPENDED" or "STOPPED" or "SIGNALING" or "STAGE_OUT" or "RESIZING":
                return new TaskState(TaskStatus.Running, reason, node);
            default:
                var how = $"{state}{(reason is "" or "None" ? "" : $" ({reason})")}{ExitCode(fields[4])}";
                return new TaskState(TaskStatus.Ended, how, node) { IsOutOfMemory = state == "OUT_OF_MEMORY" || (state == "FAILED" && SaysOutOfMemory(array.Log(number))) };
        }
    }

    // As wait(2) gives it.
    private static string ExitCode(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var code) && code != 0
        ? code > 0xFF ? $", exit code {code >> 8}" : $", signal {code & 0x7F}" : "";

    // Where a cluster counts memory without cgroups, the log alone says why a task was killed.
    private static bool SaysOutOfMemory(string log)
    {
        try
        {
            return File.ReadLines(log).TakeLast(5).Any(line => line.StartsWith("slurmstepd:", StringComparison.Ordinal) && line.Contains("memory limit", StringComparison.Ordinal));
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static string[] Fields(string line)
    {
        var (fields, at) = (new string[Widths.Length], 0);
        for (var i = 0; i < fields.Length; i++)
        {
            var from = Math.Min(at, line.Length);
            fields[i] = line.Substring(from, Math.Min(Widths[i], line.Length - from)).Trim();
            at += Widths[i];
        }

        return fields;
    }
}
