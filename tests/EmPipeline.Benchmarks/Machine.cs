using System.Runtime.InteropServices;

namespace EmPipeline.Benchmarks;

internal static class Machine
{
    /// <summary>The processor's name, where the system tells it.</summary>
    public static string Processor()
    {
        const string path = "/proc/cpuinfo";
        var line = File.Exists(path) ? File.ReadLines(path).FirstOrDefault(text => text.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line?.Split(':')[1].Trim() ?? "unknown processor";
    }

    /// <summary>Machine, system and the versions of what is measured with, on one line.</summary>
    public static string Describe() =>
        $"{Processor()}, {Environment.ProcessorCount} cores, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30} GiB; {RuntimeInformation.OSDescription}, " +
        $"kernel {Environment.OSVersion.Version}; .NET {Environment.Version}; ZstdNet {typeof(ZstdNet.Compressor).Assembly.GetName().Version?.ToString(3)} (native libzstd); {DateTime.UtcNow:yyyy-MM-dd}";

    /// <summary>The most memory that this process has had resident, in MiB.</summary>
    public static double PeakResident()
    {
        const string path = "/proc/self/status";
        var line = File.Exists(path) ? File.ReadLines(path).FirstOrDefault(text => text.StartsWith("VmHWM", StringComparison.Ordinal)) : null;
        return line is null
            ? System.Diagnostics.Process.GetCurrentProcess().PeakWorkingSet64 / 1048576.0
            : double.Parse(line.Split(':')[1].Replace("kB", "", StringComparison.Ordinal), System.Globalization.CultureInfo.InvariantCulture) / 1024;
    }

    /// <summary>Starts <see cref="PeakResident"/> anew from what is resident now, where the system can.</summary>
    public static void ForgetPeak()
    {
        const string path = "/proc/self/clear_refs";
        if (File.Exists(path))
            File.WriteAllText(path, "5");
    }

    /// <summary>Writes out what the system still holds of a folder's file system, so that the next run does not pay for the last one's.</summary>
    public static Task SyncAsync(string folder) => System.Diagnostics.Process.Start("sync", ["-f", folder]).WaitForExitAsync();

    /// <summary>
    /// Writes and removes a file: a virtual machine gives memory that lies free back to its host, and whoever is the next to use it waits for the
    /// host, three times as long as for the memory itself. So nobody who is measured does.
    /// </summary>
    public static void Wake(string folder, long bytes)
    {
        var file = Path.Combine(folder, "wake");
        var piece = new byte[1 << 20];
        using (var handle = File.OpenHandle(file, FileMode.Create, FileAccess.Write))
        {
            for (var at = 0L; at < bytes; at += piece.Length)
                RandomAccess.Write(handle, piece, at);
        }

        File.Delete(file);
    }

    /// <summary>The program and the first arguments that start this program once more: it may itself be a file that dotnet runs.</summary>
    public static (string Program, string[] Arguments) Self()
    {
        var program = Environment.ProcessPath!;
        return Path.GetFileNameWithoutExtension(program) == "dotnet" ? (program, [typeof(Machine).Assembly.Location]) : (program, []);
    }
}
