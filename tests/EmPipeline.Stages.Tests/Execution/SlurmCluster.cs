using System.Diagnostics;

namespace EmPipeline.Stages.Tests.Execution;

/// <summary>
/// A Slurm cluster of two nodes on this machine, from Debian's packages; the tests of a class share it. Where it cannot be had they are skipped, and where
/// EMPIPELINE_SLURM is not set: they take a minute and a half and want a machine that has time for its daemons.
/// </summary>
public sealed class SlurmCluster : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public SlurmCluster()
    {
        if (Environment.GetEnvironmentVariable("EMPIPELINE_SLURM") is null or "")
        {
            Missing = "EMPIPELINE_SLURM=1 starts a Slurm cluster on this machine and tests it";
            return;
        }

        // The sockets of other software lie in a folder whose whole way others may walk.
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(_folder[""], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        var (code, output) = Script("start", "2", $"{20000 + (Environment.ProcessId % 4000 * 4)}");
        Missing = code == 0 ? null : $"no Slurm here: {output.Trim()}";
        if (code == 0)
            Environment.SetEnvironmentVariable("SLURM_CONF", _folder["slurm.conf"]);
    }

    /// <summary>Why there is none; null when there is.</summary>
    public string? Missing { get; }

    public void Require() => Assert.SkipUnless(Missing is null, Missing ?? "");

    /// <summary>The process of the controller or of a node, by its name.</summary>
    public int ProcessOf(string name) => int.Parse(File.ReadAllText(_folder[name == "slurmctld" ? "slurmctld.pid" : $"slurmd.{name}.pid"]), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Starts the controller or a node again.</summary>
    public void Start(string name) => _ = name == "slurmctld" ? Script("slurmctld") : Script("slurmd", name);

    /// <summary>Runs a program of Slurm's.</summary>
    public static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }

    public void Dispose()
    {
        if (Missing is null)
            Script("stop");
        _folder.Dispose();
    }

    private (int Code, string Output) Script(string action, params string[] rest)
    {
        if (OperatingSystem.IsWindows())
            return (3, "this is Windows");
        var start = new ProcessStartInfo("bash", [Repository.File("tests/Slurm/cluster.sh"), action, _folder[""], .. rest]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        // What it leaves running keeps the pipes of its own output, not these.
        process.WaitForExit();
        return (process.ExitCode, process.ExitCode == 0 ? "" : process.StandardError.ReadToEnd());
    }
}
