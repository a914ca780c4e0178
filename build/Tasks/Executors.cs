using EmPipeline.Stages.Configuration;
using EmPipeline.Stages.Execution;
using EmPipeline.Stages.Execution.Slurm;
using EmPipeline.Volumes;
using Microsoft.Build.Framework;

namespace EmPipeline.Build.Tasks;

/// <summary>Who runs tasks: one executor a build, which ends with it.</summary>
internal static class Executors
{
    private static readonly Lock Gate = new();

    /// <param name="kind">As the command line asks for it; empty: as the configuration does.</param>
    /// <returns>Null where the process itself is to do the work.</returns>
    /// <exception cref="EmException">There is none of this name.</exception>
    public static IExecutor? For(IBuildEngine4 engine, ExecutorConfig config, string? kind)
    {
        kind = string.IsNullOrEmpty(kind) ? config.Kind : kind;
        if (kind == ExecutorConfig.Local)
            return null;
        lock (Gate)
        {
            var key = $"{nameof(Executors)} {kind}";
            if (engine.GetRegisteredTaskObject(key, RegisteredTaskObjectLifetime.Build) is IExecutor running)
                return running;
            var executor = Make(kind, config);
            engine.RegisterTaskObject(key, executor, RegisteredTaskObjectLifetime.Build, allowEarlyCollection: false);
            return executor;
        }
    }

    private static IExecutor Make(string kind, ExecutorConfig config)
    {
        var worker = new WorkerProgram(Path.GetFullPath(Path.Combine(
            Path.GetDirectoryName(typeof(Executors).Assembly.Location)!, "..", "bin", "EmPipeline.Worker", "release", "EmPipeline.Worker.dll")));
        return kind switch
        {
            ExecutorConfig.Processes => new LocalProcesses(worker, config.AtOnce ?? Math.Max(1, Environment.ProcessorCount / config.Cpus)),
            ExecutorConfig.Slurm => new SlurmExecutor(config, worker),
            _ => throw new EmException(Fault.Configuration, $"--executor: got '{kind}', expected one of {string.Join(", ", ExecutorConfig.Kinds)}."),
        };
    }
}
