using System.Runtime.InteropServices;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Execution;

/// <summary>A copy of the worker and of the runtime that it needs, in a folder that every node sees: nodes have nothing installed, and nothing that is built later changes what a job runs.</summary>
internal static class WorkerCopy
{
    public const string Assembly = "EmPipeline.Worker.dll";
    private const string FolderName = "program";

    /// <summary>Where the copy of a job is.</summary>
    public static string FolderIn(string jobFolder) => Path.Combine(jobFolder, FolderName);

    /// <summary>Removes the copy of a job, if there is one. None of its tasks may be at work.</summary>
    public static void Remove(string jobFolder)
    {
        if (Directory.Exists(FolderIn(jobFolder)))
            Directory.Delete(FolderIn(jobFolder), recursive: true);
    }

    /// <summary>Makes the copy, whole or not at all, unless it is there: "dotnet", its runtime, and "worker".</summary>
    /// <returns>Its folder.</returns>
    public static async Task<string> MakeAsync(WorkerProgram worker, string folder, CancellationToken cancellation)
    {
        if (Directory.Exists(folder))
            return folder;
        var partial = folder + ".partial";
        if (Directory.Exists(partial))
            Directory.Delete(partial, recursive: true);
        // ROOT/shared/Microsoft.NETCore.App/VERSION/
        var runtime = Path.TrimEndingDirectorySeparator(RuntimeEnvironment.GetRuntimeDirectory());
        var root = Path.GetFullPath(Path.Combine(runtime, "..", "..", ".."));
        var host = Path.Combine(root, "dotnet");
        if (!File.Exists(host))
            throw new EmException(Fault.Machine, $"{host}: got no such program, expected the host of {runtime}. Install the .NET SDK as one folder (https://dot.net) and run this again.");
        await Task.Run(
            () =>
            {
                Directory.CreateDirectory(partial);
                File.Copy(host, Path.Combine(partial, "dotnet"));
                Copy(Path.Combine(root, "host", "fxr"), Path.Combine(partial, "host", "fxr"), cancellation);
                Copy(runtime, Path.Combine(partial, "shared", "Microsoft.NETCore.App", Path.GetFileName(runtime)), cancellation);
                Copy(Path.GetDirectoryName(worker.Path)!, Path.Combine(partial, "worker"), cancellation);
                Directory.Move(partial, folder);
            }, cancellation);
        return folder;
    }

    private static void Copy(string from, string to, CancellationToken cancellation)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from).Where(file => Path.GetExtension(file) is not ".pdb" and not ".xml"))
        {
            cancellation.ThrowIfCancellationRequested();
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }

        foreach (var folder in Directory.EnumerateDirectories(from).Where(folder => Path.GetFileName(from) != "runtimes" || IsOurs(Path.GetFileName(folder))))
            Copy(folder, Path.Combine(to, Path.GetFileName(folder)), cancellation);
    }

    // Packages bring native libraries for every platform.
    private static bool IsOurs(string platform) => RuntimeInformation.RuntimeIdentifier.StartsWith(platform, StringComparison.Ordinal) || platform is "unix" or "any";
}
