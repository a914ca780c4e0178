using Spectre.Console;

namespace EmPipeline.Build.Logging;

/// <summary>How every stage of every dataset ended, for the closing table.</summary>
internal sealed class StageTable
{
    private static readonly string[] Order = ["Download", "Verify", "ExtractMetadata", "Rechunk", "Catalog"];
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
        var rows = _last.Values.OrderBy(row => row.Dataset == "(all)").ThenBy(row => row.Dataset, StringComparer.Ordinal).ThenBy(row => Array.IndexOf(Order, row.Stage)).ToList();
        if (rows.All(row => row.State == StageState.UpToDate))
        {
            AnsiConsole.MarkupLineInterpolated($"[green]Everything is up to date[/]: {rows.Count} stages looked at in {elapsed.TotalSeconds:0.0} s, none run.");
            return;
        }

        var table = new Table().Border(TableBorder.Rounded).AddColumns("Dataset", "Stage", "Result")
            .AddColumn(new TableColumn("Time").RightAligned()).AddColumn(new TableColumn("Bytes").RightAligned()).AddColumn(new TableColumn("Rate").RightAligned())
            .AddColumn("What");
        var dataset = "";
        foreach (var row in rows)
        {
            table.AddRow(
                new Text(row.Dataset == dataset ? "" : row.Dataset), new Text(row.Stage), Result(row.State),
                new Text(row.State == StageState.UpToDate ? "" : $"{row.Elapsed.TotalSeconds:0.0} s"),
                new Text(row.Bytes > 0 ? Units.Bytes(row.Bytes) : ""), new Text(row.Bytes > 0 ? Units.Rate(row.BytesPerSecond) : ""), new Text(row.Summary ?? ""));
            dataset = row.Dataset;
        }

        // Off a terminal the width is a guess that would break lines in a log.
        if (!AnsiConsole.Profile.Out.IsTerminal)
            AnsiConsole.Profile.Width = 200;
        AnsiConsole.Write(table);
        var failed = rows.Count(row => row.State is StageState.Failed or StageState.Running);
        AnsiConsole.WriteLine($"{rows.Count(row => row.State == StageState.Done)} stages done, {rows.Count(row => row.State == StageState.UpToDate)} up to date, {failed} failed in {elapsed.TotalSeconds:0.0} s.");
    }

    private static Markup Result(StageState state) => state switch
    {
        StageState.Done => new Markup("[green]done[/]"),
        StageState.UpToDate => new Markup("[grey]up to date[/]"),
        StageState.Failed => new Markup("[red]failed[/]"),
        _ => new Markup("[yellow]stopped[/]"),
    };
}
