using System.Text;
using System.Text.Json;
using EmPipeline.Stages.Ledgers;
using EmPipeline.Storage;

namespace EmPipeline.Stages.Execution;

/// <summary>What was handed over to which executor: a file beside the job's, so that any later run finds the tasks again.</summary>
public sealed record TaskRecord(string Executor, IReadOnlyList<TaskArray> Arrays)
{
    private const string FileName = "tasks.json";

    /// <summary>What is recorded in a job's folder; null when nothing is.</summary>
    public static TaskRecord? Read(string folder)
    {
        try
        {
            return JsonSerializer.Deserialize<TaskRecord>(File.ReadAllText(Path.Combine(folder, FileName)), CanonicalJson.Options);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Forgets what is recorded in a job's folder, if anything is. None of its tasks may be at work.</summary>
    public static void Remove(string folder)
    {
        if (Directory.Exists(folder))
            File.Delete(Path.Combine(folder, FileName));
    }

    public Task WriteAsync(string folder, CancellationToken cancellation) =>
        AtomicFile.WriteAsync(Path.Combine(folder, FileName), Encoding.UTF8.GetBytes(JsonSerializer.Serialize(this, CanonicalJson.Line)), cancellation: cancellation);
}
