using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace EmPipeline.CommandLine;

/// <summary>Builds the pipeline's programs when what they are made of has changed: other names, lengths or times, or another SDK.</summary>
internal sealed class PipelineBuild(string root, string sdk)
{
    private static readonly string[] Projects = ["build/EmPipeline.Build.csproj", "src/EmPipeline.Demo/EmPipeline.Demo.csproj", "src/EmPipeline.Worker/EmPipeline.Worker.csproj"];
    private static readonly string[] Sources = ["build", "src"];

    private readonly string _stamp = Path.Combine(root, "artifacts", "pipeline.stamp");
    private readonly string _log = Path.Combine(root, "artifacts", "build.log");

    /// <summary>Returns false, with the errors printed, when it does not build.</summary>
    public bool EnsureBuilt()
    {
        var made = MadeOf();
        if (IsBuilt(made))
            return true;
        Directory.CreateDirectory(Path.GetDirectoryName(_log)!);
        using var turn = TakeTurn();
        if (IsBuilt(made))
            return true;
        Console.WriteLine("Building the pipeline: once, and after a change of its source ...");
        File.WriteAllText(_log, "");
        if (!Projects.All(Build))
            return false;
        File.WriteAllText(_stamp, made);
        return true;
    }

    private bool IsBuilt(string made) => File.Exists(_stamp) && File.ReadAllText(_stamp) == made;

    // Two runs that are started together must not build over each other.
    private FileStream TakeTurn()
    {
        while (true)
        {
            try
            {
                return new FileStream(_log + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(_log + ".lock"))
            {
                Thread.Sleep(200);
            }
        }
    }

    private bool Build(string project)
    {
        var start = new ProcessStartInfo("dotnet", ["build", Path.Combine(root, project), "-c", "Release", "--nologo", "-v", "m", "-tl:off"]) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var errors = new SortedSet<string>(StringComparer.Ordinal);
        while (process.StandardOutput.ReadLine() is { } line)
        {
            File.AppendAllText(_log, line + "\n");
            if (line.Contains(" -> ", StringComparison.Ordinal))
                Console.WriteLine($"  {line.Split(" -> ")[0].Trim()}");
            else if (line.Contains("error ", StringComparison.Ordinal))
                errors.Add(line.Trim());
        }

        process.WaitForExit();
        if (process.ExitCode == 0)
            return true;
        foreach (var error in errors)
            Console.Error.WriteLine(error);
        Console.Error.WriteLine($"{project}: got exit code {process.ExitCode} from dotnet build, expected 0. {_log} has everything that it said.");
        return false;
    }

    private string MadeOf()
    {
        var files = Sources.SelectMany(folder => new DirectoryInfo(Path.Combine(root, folder)).EnumerateFiles("*", SearchOption.AllDirectories))
            .Append(new FileInfo(Path.Combine(root, "docs", "pipeline.schema.json")))
            .Select(file => $"{Path.GetRelativePath(root, file.FullName)}|{file.Length}|{file.LastWriteTimeUtc.Ticks}")
            .Order(StringComparer.Ordinal);
        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{sdk}\n{string.Join('\n', files)}")));
    }
}
