namespace EmPipeline.Catalog.Tests.Schema;

/// <summary>What a catalogue says of runs.</summary>
public sealed class RunTablesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private CatalogReader Reader => new(_folder["catalog"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Runs_can_be_asked_for_and_the_report_shows_the_last_with_the_trend()
    {
        await Build([Row(2, "crop", "Rechunk", 4), Row(1, "crop", "Rechunk", 8), Row(2, "(all)", "Catalog", 1), Row(1, "gone", "Download", 2, RunRow.Failed)]);
        (await Reader.QueryAsync("SELECT run, sum(seconds) AS s FROM runs WHERE state = 'done' GROUP BY run ORDER BY run")).Select(row => ((string)row["run"]!, (double)row["s"]!)).Should().Equal((Run(1), 8.0), (Run(2), 5.0));
        (await Reader.QueryAsync("SELECT bytes_per_second AS r FROM runs WHERE stage = 'Rechunk' ORDER BY run"))[0]["r"].Should().Be(1000.0 / 8);
        var page = await File.ReadAllTextAsync(_folder["catalog/report.html"], TestContext.Current.CancellationToken);
        var shown = page[page.IndexOf("<h2>The last run</h2>", StringComparison.Ordinal)..];
        shown.Should().Contain($"Began {Run(2)}").And.Contain("<td>4.0 s</td>").And.Contain("aria-label=\"2 runs, the longest 8.0 s\"").And.Contain("&lt;b&gt;made&lt;/b&gt;").And.NotContain("gone");
        shown.IndexOf("Rechunk", StringComparison.Ordinal).Should().BeLessThan(shown.IndexOf("Catalog</td>", StringComparison.Ordinal), "the catalogue comes last");
    }

    [Fact]
    public async Task How_runs_went_does_not_tell_catalogues_apart()
    {
        await Build([]);
        var before = await Reader.ReadContentHashAsync(TestContext.Current.CancellationToken);
        (await File.ReadAllTextAsync(_folder["catalog/report.html"], TestContext.Current.CancellationToken)).Should().NotContain("The last run");
        await Build([Row(1, "crop", "Rechunk", 8)]);
        (await Reader.ReadContentHashAsync(TestContext.Current.CancellationToken)).Should().Be(before);
    }

    [Fact]
    public async Task A_stage_twice_in_a_run_is_refused() =>
        await FluentActions.Awaiting(() => Build([Row(1, "crop", "Rechunk", 8), Row(1, "crop", "Rechunk", 9)])).Should().ThrowAsync<ArgumentException>().WithMessage("runs: got '*crop Rechunk' twice*");

    private static string Run(int day) => $"2026-11-{day:00}T00:00:00.000Z";

    private static RunRow Row(int day, string dataset, string stage, double seconds, string state = RunRow.Done) =>
        new(Run(day), dataset, stage, state, $"2026-11-{day:00}T00:01:00Z", seconds, 1000, state == RunRow.Done ? "<b>made</b>" : null);

    private Task Build(IReadOnlyList<RunRow> runs) => CatalogBuilder.BuildAsync(Samples.Content() with { Runs = runs }, _folder["catalog"]);
}
