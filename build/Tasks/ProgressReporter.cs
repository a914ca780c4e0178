using System.Diagnostics;
using EmPipeline.Build.Logging;
using EmPipeline.Stages;
using Microsoft.Build.Framework;

namespace EmPipeline.Build.Tasks;

/// <summary>Sends a stage's progress to the logger, a few times a second at most. Safe for concurrent use.</summary>
internal sealed class ProgressReporter(IBuildEngine engine, string data, string dataset, string stage) : IProgress<StageProgress>
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private long _nextTicks;

    public void Report(StageProgress value)
    {
        var next = Interlocked.Read(ref _nextTicks);
        var now = _clock.Elapsed.Ticks;
        if (now >= next && Interlocked.CompareExchange(ref _nextTicks, now + Interval.Ticks, next) == next)
            Send(StageState.Running, value.Done, value.Total);
    }

    /// <summary>Runs the stage, saying when it starts and how it ended.</summary>
    public async System.Threading.Tasks.Task RunAsync(Func<Task<StageOutcome>> stage)
    {
        Send(StageState.Running, 0, 0);
        try
        {
            var outcome = await stage();
            Send(StageState.Done, outcome.Bytes, outcome.Bytes, outcome.Summary);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Send(StageState.Failed, 0, 0);
            throw;
        }
    }

    private void Send(StageState state, long bytes, long total, string? summary = null) =>
        engine.LogMessageEvent(new StageEvent(dataset, stage, state, bytes, total, _clock.Elapsed, summary, data).ToMessage());
}
