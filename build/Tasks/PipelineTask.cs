using EmPipeline.Storage;
using EmPipeline.Volumes;
using Microsoft.Build.Framework;
using Task = Microsoft.Build.Utilities.Task;

namespace EmPipeline.Build.Tasks;

/// <summary>
/// What every task shares: an error that a user can act on is one clear line, anything else is a defect and keeps its stack trace;
/// Ctrl-C cancels.
/// </summary>
public abstract class PipelineTask : Task, ICancelableTask, IDisposable
{
    private readonly CancellationTokenSource _cancellation = new();

    protected abstract System.Threading.Tasks.Task RunAsync(CancellationToken cancellation);

    public override bool Execute()
    {
        try
        {
            RunAsync(_cancellation.Token).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException) when (_cancellation.IsCancellationRequested)
        {
            LogProblem("Stopped. What was finished is kept; the same command goes on from here.");
        }
        catch (Exception e) when (Explain(e) is { } text)
        {
            foreach (var line in text.Split('\n'))
                LogProblem(line);
        }

        return !Log.HasLoggedErrors;
    }

    public void Cancel() => _cancellation.Cancel();

    public void Dispose()
    {
        _cancellation.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Logs an error without MSBuild's file and line prefix: the text names its own place.</summary>
    protected void LogProblem(string text) => Log.LogError(null, null, null, null, 0, 0, 0, 0, "{0}", text);

    private static string? Explain(Exception e) => e switch
    {
        EmException or StorageException => e.Message,
        UnauthorizedAccessException => $"{e.Message} Give the pipeline write permission there, or another folder with --data DIR.",
        IOException => $"{e.Message} (disk full, or a file in use?) Mend that and run the same command again.",
        AggregateException { InnerExceptions: [var only] } => Explain(only),
        _ => null,
    };
}
