namespace EmPipeline.Benchmarks.Slurm;

/// <summary>Two nodes of Slurm on this machine, from Debian's packages; for the processes that this one starts.</summary>
internal sealed class TrialCluster : IDisposable
{
    private const string Variable = "SLURM_CONF";
    private readonly string _folder;

    private TrialCluster(string folder) => _folder = folder;

    private static string Script => Path.Combine(Path.GetDirectoryName(BuildScript.Path)!, "tests", "Slurm", "cluster.sh");

    /// <returns>Null where it cannot be had, and why.</returns>
    public static async Task<(TrialCluster? Cluster, string Why)> StartAsync()
    {
        // The sockets of other software lie in a folder whose whole way others may walk.
        var folder = Directory.CreateTempSubdirectory("empipeline-bench-slurm-").FullName;
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        try
        {
            // What it leaves running would keep this process's pipes open.
            await MeasuredProcess.RunAsync("bash", "-c", $"bash '{Script}' start '{folder}' 2 {20000 + (Environment.ProcessId % 4000 * 4)} > '{folder}/said' 2>&1 || {{ cat '{folder}/said'; exit 1; }}");
        }
        catch (InvalidOperationException error)
        {
            Directory.Delete(folder, recursive: true);
            return (null, error.Message.Split('\n')[^1]);
        }

        Environment.SetEnvironmentVariable(Variable, Path.Combine(folder, "slurm.conf"));
        return (new TrialCluster(folder), "");
    }

    public void Dispose()
    {
        MeasuredProcess.RunAsync("bash", Script, "stop", _folder).GetAwaiter().GetResult();
        Environment.SetEnvironmentVariable(Variable, null);
        Directory.Delete(_folder, recursive: true);
    }
}
