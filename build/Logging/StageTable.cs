using EmPipeline.Stages;
using Spectre.Console;

namespace EmPipeline.Build.Logging;

/// <summary>How every stage of every dataset ended, for the closing table.</summary>
internal sealed class StageTable
{
    private static readonly string[] Order = [.. Stage.All.Select(stage => stage.Name), nameof(Tasks.VerifyWritten), "Catalog", "Publish"];
    private readonly Dictionary<(string Dataset, string Stage), StageEvent> _last = [];

    public bool IsEmpty => _last.Count == 0;

    public void Update(StageEvent stage)
    {
        if (Order.Contains(stage.Stage))
            _last[(stage.Dataset, stage.Stage)] = stage;
    }

    public void Print(TimeSpan elapsed)
    {
        if (IsEmpty)
            return;
        var all = _last.Values.OrderBy(row => row.Dataset == "(all)").ThenBy(row => row.Dataset, StringComparer.Ordinal).ThenBy(row => Array.IndexOf(Order, row.Stage)).ToList();
        if (all.All(row => row.State == StageState.UpToDate))
        {
            AnsiConsole.MarkupLineInterpolated($"[green]Everything is up to date[/]: {all.Count} stages looked at in {elapsed.TotalSeconds:0.0} s, none run.");
            return;
        }

        // Off a terminal the width is a guess that would break lines in a log.
        if (!AnsiConsole.Profile.Out.IsTerminal)
            AnsiConsole.Profile.Width = 200;
        var wide = AnsiConsole.Profile.Width >= 110;
        var table = new Table().Border(TableBorder.Rounded)
            .AddColumn(new TableColumn("Stage") { NoWrap = true }).AddColumn(new TableColumn("Took") { NoWrap = true, Alignment = Justify.Right });
        if (wide)
            table.AddColumn(new TableColumn("Bytes") { NoWrap = true, Alignment = Justify.Right }).AddColumn(new TableColumn("Rate") { NoWrap = true, Alignment = Justify.Right });
        table.AddColumn("What");
        foreach (var rows in all.GroupBy(row => row.Dataset))
        {
            table.AddRow(new Text(rows.Key, new Style(decoration: Decoration.Bold)));
            foreach (var row in rows)
            {
                var (bytes, rate) = row.Bytes > 0 ? (Amounts.Bytes(row.Bytes), Amounts.Rate(row.BytesPerSecond)) : ("", "");
                IEnumerable<Text> cells = [new Text("  " + row.Stage), Took(row), .. wide ? [new Text(bytes), new Text(rate)] : Array.Empty<Text>(), new Text(row.Summary ?? "")];
                table.AddRow(cells);
            }
        }

        AnsiConsole.Write(table);
        int Count(StageState state) => all.Count(row => row.State == state);
        AnsiConsole.WriteLine($"{Counted.Of(Count(StageState.Done), "stage")} done, {Count(StageState.UpToDate)} up to date, {Count(StageState.Failed)} failed{(Count(StageState.Running) > 0 ? $", {Count(StageState.Running)} stopped" : "")} in {elapsed.TotalSeconds:0.0} s.");
    }

    private static Text Took(StageEvent row) => row.State switch
    {
        StageState.Done => new Text($"{row.Elapsed.TotalSeconds:0.0} s", Color.Green),
        StageState.UpToDate => new Text("up to date", Color.Grey),
        StageState.Failed => new Text("failed", Color.Red),
        _ => new Text("stopped", Color.Yellow),
    };
}
