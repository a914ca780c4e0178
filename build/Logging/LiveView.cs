using Spectre.Console;

namespace EmPipeline.Build.Logging;

/// <summary>Bars with bytes, rate and time left, one for each stage that runs; lines written meanwhile scroll above them.</summary>
internal sealed class LiveView : IProgressView
{
    private readonly Dictionary<(string, string), ProgressTask> _bars = [];
    private readonly ManualResetEventSlim _finished = new();
    private readonly List<(string Line, ConsoleColor? Colour)> _problems = [];
    private ProgressContext? _context;
    private Thread? _drawing;

    public void Update(StageEvent stage)
    {
        var key = (stage.Dataset, stage.Stage);
        if (!_bars.TryGetValue(key, out var bar))
        {
            _bars[key] = bar = Context().AddTask(Markup.Escape($"{stage.Dataset} {stage.Stage}"));
            bar.IsIndeterminate = true;
        }

        if (stage.Total > 0)
        {
            bar.IsIndeterminate = false;
            bar.MaxValue = stage.Total;
            bar.Value = stage.Bytes;
        }

        if (stage.State is StageState.Done or StageState.Failed)
        {
            bar.IsIndeterminate = false;
            bar.MaxValue = Math.Max(1, stage.Total);
            bar.Value = stage.State == StageState.Done ? bar.MaxValue : bar.Value;
            bar.StopTask();
        }
    }

    public void Write(string line, ConsoleColor? colour = null)
    {
        if (colour is not null)
            _problems.Add((line, colour));
        Print(line, colour);
    }

    public void PrintProblems() => _problems.Distinct().ToList().ForEach(problem => Print(problem.Line, problem.Colour));

    private static void Print(string line, ConsoleColor? colour)
    {
        var text = new Text(line, colour switch { null => Style.Plain, ConsoleColor.Red => Color.Red, _ => Color.Yellow });
        // As wide as the terminal: it goes over a bar, whose end would stay beside a shorter line.
        AnsiConsole.Write(new Table().NoBorder().HideHeaders().Expand().AddColumn(new TableColumn("") { Padding = new Padding(0) }).AddRow(text));
    }

    public void Dispose()
    {
        _finished.Set();
        _drawing?.Join();
        _finished.Dispose();
    }

    // The bars are drawn by a thread of their own, started with the first one.
    private ProgressContext Context()
    {
        if (_context is not null)
            return _context;
        using var ready = new ManualResetEventSlim();
        _drawing = new Thread(() => AnsiConsole.Progress()
            .AutoClear(true)
            .HideCompleted(true)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn { Width = 12 }, new AmountColumn())
            .Start(context =>
            {
                _context = context;
                ready.Set();
                _finished.Wait();
            }))
        { IsBackground = true };
        _drawing.Start();
        ready.Wait();
        return _context!;
    }
}
