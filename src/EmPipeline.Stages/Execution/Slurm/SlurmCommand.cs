using System.Diagnostics;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Execution.Slurm;

/// <summary>Runs a program of Slurm's, and says in our words what it says in its own.</summary>
internal static class SlurmCommand
{
    // One that finds no configuration waits a minute for a name server.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private static readonly string[] Away = ["Unable to contact slurm controller", "Socket timed out", "Zero Bytes were transmitted", "Unable to establish control", "Slurm backup controller in standby", "Slurm temporarily unable to accept job"];

    /// <summary>What sbatch refuses, and which key of the configuration says so.</summary>
    private static readonly (string Says, string Key)[] Refusals =
    [
        ("Invalid partition", "partition"), ("invalid partition", "partition"), ("Invalid account", "account"), ("time limit", "time"), ("--time", "time"), ("Invalid feature", "constraint"),
        ("Memory specification", "memory"), ("Memory required", "memory"), ("Requested node configuration is not available", "cpus, memory, constraint"), ("unrecognized option", "flags"), ("Invalid qos", "flags"),
        ("Invalid job array", "mostTasks"), ("Job violates accounting/QOS policy", "account, mostTasks"), ("QOSMax", "mostTasks"), ("AssocMax", "mostTasks"),
    ];

    /// <param name="input">What it reads; null: nothing.</param>
    /// <returns>The lines it printed.</returns>
    /// <exception cref="SlurmAwayException">The controller did not answer. It may have heard.</exception>
    /// <exception cref="EmException">There is no Slurm here, or it refused.</exception>
    public static async Task<IReadOnlyList<string>> RunAsync(string program, IReadOnlyList<string> arguments, string? input, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new EmException(Fault.Machine, $"--executor slurm: got no '{program}' on the PATH, expected Slurm's programs. Run this on a login node of the cluster, or with --executor processes.", e);
        }

        using (process)
        using (var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancellation))
        {
            bounded.CancelAfter(Longest);
            try
            {
                var (output, errors) = (process.StandardOutput.ReadToEndAsync(bounded.Token), process.StandardError.ReadToEndAsync(bounded.Token));
                await GiveAsync(process, input);
                await process.WaitForExitAsync(bounded.Token);
                var said = string.Join(' ', (await errors).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(line => line.Replace($"{program}: error: ", "", StringComparison.Ordinal)));
                return process.ExitCode == 0 ? (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries) : throw Explain(program, said);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                process.Kill(entireProcessTree: true);
                throw new SlurmAwayException($"{program}: got no answer within {Longest.TotalSeconds:0} s");
            }
        }
    }

    // One that refuses its options reads nothing.
    private static async Task GiveAsync(Process process, string? input)
    {
        try
        {
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
        }
    }

    private static Exception Explain(string program, string said)
    {
        if (Away.Any(said.Contains))
            return new SlurmAwayException($"{program}: got \"{said}\"");
        if (said.Contains("configuration source", StringComparison.Ordinal) || said.Contains("DNS SRV", StringComparison.Ordinal))
            return new EmException(Fault.Machine, $"{program}: got \"{said}\", expected a cluster's configuration. Run this on a login node, or set SLURM_CONF.");
        var key = Refusals.FirstOrDefault(refusal => said.Contains(refusal.Says, StringComparison.Ordinal)).Key;
        return new EmException(Fault.Configuration, $"executor.slurm{(key is null ? "" : "." + key)}: got \"{said}\" from {program}, expected the job to be accepted. Correct the configuration ('sinfo' lists partitions and limits) and run the same command again.");
    }
}
