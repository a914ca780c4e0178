namespace EmPipeline.Build.Logging;

/// <summary>Plain lines, for logs and CI: one when a stage starts and ends, and one now and then in between.</summary>
internal sealed class PlainView : IProgressView
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    private readonly Dictionary<(string, string), TimeSpan> _shown = [];

    public void Update(StageEvent stage)
    {
        var key = (stage.Dataset, stage.Stage);
        switch (stage.State)
        {
            case StageState.Running when !_shown.ContainsKey(key):
                _shown[key] = TimeSpan.Zero;
                Write($"{stage.Dataset}: {stage.Stage} ...");
                break;
            case StageState.Running when stage.Elapsed - _shown[key] >= Interval:
                _shown[key] = stage.Elapsed;
                var share = stage.Total > 0 ? $"{100.0 * stage.Bytes / stage.Total:0} % of {Amounts.Bytes(stage.Total)}" : Amounts.Bytes(stage.Bytes);
                Write($"{stage.Dataset}: {stage.Stage} {share}, {Amounts.Rate(stage.BytesPerSecond)}");
                break;
            case StageState.Done:
                Write($"{stage.Dataset}: {stage.Stage} done in {stage.Elapsed.TotalSeconds:0.0} s{(stage.Summary is null ? "" : $": {stage.Summary}")}");
                break;
            case StageState.Failed:
                Write($"{stage.Dataset}: {stage.Stage} failed after {stage.Elapsed.TotalSeconds:0.0} s");
                break;
        }
    }

    public void Write(string line, ConsoleColor? colour = null) => Console.Out.WriteLine(line);

    public void PrintProblems()
    {
    }

    public void Dispose()
    {
    }
}
