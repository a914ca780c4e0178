using EmPipeline.Volumes;

namespace EmPipeline.Stages.Execution;

/// <summary>The program that runs a task: <c>dotnet EmPipeline.Worker.dll JOB NUMBER</c>.</summary>
/// <param name="Path">The assembly.</param>
public sealed record WorkerProgram(string Path)
{
    /// <summary>The host that runs this process, or the one on the PATH.</summary>
    public static string Host => Environment.ProcessPath is { } path && System.IO.Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";

    /// <exception cref="EmException">It is not there.</exception>
    public WorkerProgram Require() =>
        File.Exists(Path) ? this : throw new EmException(Fault.Machine, $"{Path}: got no such program, expected the worker that runs tasks. Run ./build.sh again: it builds it.");
}
