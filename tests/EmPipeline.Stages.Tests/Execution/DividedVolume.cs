using EmPipeline.Stages.Configuration;
using EmPipeline.Stages.Execution;

namespace EmPipeline.Stages.Tests.Execution;

/// <summary>A small volume of many shards that is made by tasks, and by one process to compare with.</summary>
internal static class DividedVolume
{
    private const string Keys = "shard: [16, 32, 32], chunk: [8, 16, 16]";

    public static TemporaryFolder Sections()
    {
        var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["scans"]);
        for (var i = 0; i < 40; i++)
            File.WriteAllBytes(folder[$"scans/section_{i:00}.tif"], TiffVolume.Make(1, 90, 130, i));
        return folder;
    }

    public static string Datasets(TemporaryFolder folder, string more = "codec: zstd") =>
        $"  cube: {{ source: {{ file: \"{folder["scans/section_*.tif"]}\" }}, {Keys}, {more} }}\n";

    public static StageRun Run(TemporaryFolder folder, IExecutor? executor, ExecutorConfig config, IProgress<StageProgress>? progress = null) =>
        new(folder) { Executor = executor, Execution = config, Progress = progress ?? new Told(_ => { }) };

    public static async Task<SortedDictionary<string, string>> TreeAsync(TemporaryFolder folder)
    {
        var run = Run(folder, null, new ExecutorConfig());
        await run.RunAsync(Datasets(folder));
        return Tree(run.Data);
    }

    /// <summary>Every file that Rechunk leaves, with its content; of its ledger, that it is there.</summary>
    public static SortedDictionary<string, string> Tree(DataFolder data) => new(
        Directory.EnumerateFiles(Path.Combine(data.Root, "zarr"), "*", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(data.State("cube"), "Rechunk*").Where(path => !path.EndsWith(".json", StringComparison.Ordinal) && !path.EndsWith("files.jsonl", StringComparison.Ordinal)))
            .ToDictionary(
                path => Path.GetRelativePath(data.Root, path),
                // The first page of a table names the plan, and so the place of the sections.
                path => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path).AsSpan(path.EndsWith(".shards", StringComparison.Ordinal) || path.EndsWith(".patches", StringComparison.Ordinal) ? 4096 : 0)))));

    public sealed class Told(Action<StageProgress> told) : IProgress<StageProgress>
    {
        public void Report(StageProgress value)
        {
            lock (told)
                told(value);
        }
    }
}
