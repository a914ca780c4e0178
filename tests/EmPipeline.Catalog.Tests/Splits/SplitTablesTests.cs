using EmPipeline.Volumes;

namespace EmPipeline.Catalog.Tests.Splits;

/// <summary>What a catalogue says of splits, and how a query names them.</summary>
public sealed class SplitTablesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private CatalogReader Reader => new(_folder["catalog"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_condition_names_a_part_and_what_is_of_none_is_null()
    {
        await Build(Samples.Content() with { Splits = [Split("v1", "sections"), Split("v2", "sections") with { Shares = [new("all", 1)] }, Split("v1", "crop"), Split("v3", "crop") with { Shares = [new("all", 1)] }] });
        var parts = (await Reader.QueryAsync("SELECT * FROM split_blocks WHERE split = 'v1' AND dataset = 'sections' AND level = 0")).Select(row => (row["z"], row["y"], row["x"], row["part"])).ToList();
        parts.Select(row => row.Item4).Distinct().Should().BeEquivalentTo(["train", "test"]);
        (await Reader.SelectBlocksAsync("dataset = 'sections' AND split_v1 = 'train'")).Select(block => ((object?)block.Z, (object?)block.Y, (object?)block.X, (object?)"train"))
            .Should().BeEquivalentTo(parts.Where(row => (string?)row.Item4 == "train"));
        (await Reader.SelectBlocksAsync("dataset = 'sections' AND split_v1 IS NULL")).Should().HaveCount(9 - parts.Count).And.NotBeEmpty();
        (await Reader.SelectBlocksAsync("split_v2 = 'all'")).Should().HaveCount(9);
        (await Reader.SelectBlocksAsync("dataset = 'crop' AND split_v2 IS NOT NULL")).Should().BeEmpty();
        (await Reader.QueryAsync("SELECT part, share, seed, cell_z, halo_y, whole, offset_x FROM splits WHERE split = 'v1' AND dataset = 'crop' ORDER BY part"))[1].Values
            .Should().Equal("train", 0.6, 5L, 128L, 1L, "crop", 0L);
        (await Reader.QueryAsync("SELECT count(*) AS n FROM split_blocks WHERE split = 'v3' AND level = 1"))[0]["n"].Should().Be(1L, "coarser levels are divided too");
    }

    [Fact]
    public async Task Labels_and_splits_stand_beside_each_other_in_the_order_of_blocks()
    {
        await Build(Samples.Content());
        var before = (await Reader.SelectBlocksAsync("")).Select(block => block.ToString()).ToList();
        await Build(Samples.LabelledContent() with { Splits = [Split("v1", "crop"), Split("v1", "sections")] });
        (await Reader.SelectBlocksAsync("")).Select(block => block.ToString()).Should().Equal(before);
        (await Reader.SelectBlocksAsync("mitochondria_share >= 0 AND (split_v1 IN ('train', 'test') OR split_v1 IS NULL)")).Should().HaveCount(2);
    }

    [Fact]
    public async Task The_summary_and_the_report_say_how_many_blocks_each_part_has()
    {
        await Build(Samples.Content() with { Splits = [Split("v1", "sections") with { Shares = [new("all", 1), new("none", 1e-9)] }] });
        (await Reader.QueryAsync("SELECT * FROM split_summary")).Select(row => string.Join(' ', row.Values)).Should().Equal("v1 sections all 9", "v1 sections none 0");
        var page = await File.ReadAllTextAsync(_folder["catalog/report.html"], TestContext.Current.CancellationToken);
        page.Split("<h3>Splits</h3>").Should().HaveCount(2, "one dataset is divided");
        page.Should().Contain("<td>none</td><td>0</td>");
    }

    [Fact]
    public async Task What_contradicts_itself_is_refused()
    {
        var content = Samples.Content();
        foreach (var (wrong, message) in new (IReadOnlyList<SplitRecord>, string)[]
        {
            ([Split("v1", "crop"), Split("v1", "crop")], "splits: got * twice*"),
            ([Split("v1", "nowhere")], "splits: got v1 of nowhere*"),
            ([Split("v1", "crop") with { Whole = "nowhere" }], "splits: got v1 of crop within nowhere*"),
            ([Split("v1", "crop") with { Shares = [] }], "splits: got v1 with shares *"),
            ([Split("v1", "crop") with { Shares = [new("a", 1), new("a", 1)] }], "splits, parts of v1: got 'a' twice*"),
            ([Split("v1", "crop") with { Shares = [new("a", double.NaN)] }], "splits: got v1 with shares NaN*"),
            ([Split("v1", "crop") with { Cell = NdIndex.Filled(3, 0) }], "splits: got v1 with cells of 0*"),
            ([Split("v1", "crop") with { Halo = NdIndex.Filled(3, -1) }], "splits: got v1 with cells of * halo of -1*"),
        })
        {
            var act = () => Build(content with { Splits = wrong });
            await act.Should().ThrowAsync<ArgumentException>().WithMessage(message);
        }
    }

    private Task Build(CatalogContent content) => CatalogBuilder.BuildAsync(content, _folder["catalog"]);

    private static SplitRecord Split(string name, string dataset) => new()
    {
        Split = name, Dataset = dataset, Whole = dataset, Offset = NdIndex.Filled(3, 0), Cell = NdIndex.Filled(3, 128), Halo = NdIndex.Filled(3, 1), Seed = 5, Shares = [new("train", 0.6), new("test", 0.4)],
    };
}
