using EmPipeline.Volumes.Sections;

namespace EmPipeline.Catalog.Tests.Schema;

/// <summary>What a catalogue says of sections, and how a query leaves out blocks with bad ones.</summary>
public sealed class SectionTablesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private CatalogReader Reader => new(_folder["catalog"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_flagged_section_spoils_the_blocks_of_its_layer_and_no_others()
    {
        var content = Samples.Content();
        var volume = content.Volumes.Single(row => row.Dataset == "sections" && row.Level == 0);
        var layers = Samples.Blocks().Where(block => block.Dataset == "sections" && block.Level == 0).Select(block => block.Z).Distinct().ToList();
        var bad = layers[^1];
        await Build(content with { Sections = [.. Enumerable.Range(0, (int)volume.Shape[0]).Select(z => Section("sections", z, z == bad ? SectionFlags.Shifted | SectionFlags.Blurred : SectionFlags.None))] });
        (await Reader.QueryAsync("SELECT \"index\", flags FROM sections WHERE flags IS NOT NULL"))[0].Values.Should().Equal(bad, "blurred,shifted");
        var all = await Reader.SelectBlocksAsync("dataset = 'sections'");
        var clean = await Reader.SelectBlocksAsync("dataset = 'sections' AND flagged_sections = 0");
        clean.Should().Equal(all.Where(block => block.Z != bad)).And.HaveCountLessThan(all.Count);
        (await Reader.QueryAsync("SELECT count(*) AS n FROM clean_blocks"))[0]["n"].Should().Be((long)clean.Count, "of other datasets nothing is known");
        (await Reader.QueryAsync("SELECT count(*) AS n FROM training_blocks WHERE dataset = 'crop' AND flagged_sections IS NOT NULL"))[0]["n"].Should().Be(0L);
    }

    [Fact]
    public async Task The_report_lists_what_something_is_wrong_with()
    {
        await Build(Samples.Content() with
        {
            Sections = [Section("sections", 0), Section("sections", 1, SectionFlags.Dark | SectionFlags.Shifted), .. Enumerable.Range(0, 150).Select(z => Section("crop", z, SectionFlags.Missing))],
        });
        var page = await File.ReadAllTextAsync(_folder["catalog/report.html"], TestContext.Current.CancellationToken);
        page.Should().Contain("Something is wrong with 1 of 2: 1 dark, 1 shifted.").And.Contain("<tr><th scope=\"row\">1</th><td>dark, shifted</td><td>101</td>")
            .And.Contain("Something is wrong with 150 of 150: 150 missing.").And.Contain("And 50 more");
        await Build(Samples.Content() with { Sections = [Section("sections", 0), Section("sections", 1)] });
        (await File.ReadAllTextAsync(_folder["catalog/report.html"], TestContext.Current.CancellationToken)).Should().Contain("Nothing is wrong with any of 2.");
    }

    [Fact]
    public async Task Sections_of_no_volume_or_twice_are_refused()
    {
        foreach (var (wrong, message) in new (IReadOnlyList<SectionRow>, string)[]
        {
            ([Section("nowhere", 0)], "sections: got a row about 'nowhere'*"),
            ([Section("crop", 0), Section("crop", 0)], "sections: got 'crop z 0' twice*"),
        })
        {
            var act = () => Build(Samples.Content() with { Sections = wrong });
            await act.Should().ThrowAsync<ArgumentException>().WithMessage(message);
        }
    }

    private static SectionRow Section(string dataset, int z, SectionFlags flags = SectionFlags.None) => SectionRow.From(
        dataset, new SectionRecord(z, 100 + z, 20, 50, 60, 80, 100, 120, 140, 150, 0, 0, 0.001, 40, z == 0 ? null : 0.98, z == 0 ? null : 0.1, z == 0 ? null : -0.2, flags));

    private Task Build(CatalogContent content) => CatalogBuilder.BuildAsync(content, _folder["catalog"], TestContext.Current.CancellationToken);
}
