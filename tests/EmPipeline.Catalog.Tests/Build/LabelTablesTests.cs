using EmPipeline.Volumes;

namespace EmPipeline.Catalog.Tests.Build;

/// <summary>What a catalogue says of labels, and that the images' tables say nothing of them.</summary>
public sealed class LabelTablesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private CatalogReader Reader => new(_folder["catalog"]);

    public void Dispose() => _folder.Dispose();

    private Task Build(CatalogContent? content = null) => CatalogBuilder.BuildAsync(content ?? Samples.LabelledContent(), _folder["catalog"]);

    [Fact]
    public async Task Records_of_arrays_and_classes_come_back_as_they_went_in()
    {
        await Build();
        var content = Samples.LabelledContent();
        (await Reader.ReadLabelVolumesAsync()).Should().BeEquivalentTo(content.LabelVolumes);
        (await Reader.ReadLabelClassesAsync()).Should().BeEquivalentTo(content.LabelClasses);
        (await Reader.ReadLabelClassesAsync()).Where(row => row.Label == "organelles").Should().Equal(content.LabelClasses.Where(row => row.Label == "organelles"));
        (await Reader.ReadVolumesAsync()).Should().BeEquivalentTo(content.Volumes);
    }

    [Fact]
    public async Task A_catalogue_without_labels_has_none_and_answers_all_the_same()
    {
        await Build(Samples.Content());
        (await Reader.ReadLabelVolumesAsync()).Should().BeEmpty();
        (await Reader.ReadLabelClassesAsync()).Should().BeEmpty();
        (await Reader.ReadLabelChunksAsync("mitochondria")).Count.Should().Be(0);
        (await Reader.SelectBlocksAsync("")).Should().HaveCount(16).And.Equal(await Reader.SelectBlocksAsync("SELECT * FROM training_blocks"));
        (await Reader.QueryAsync("SELECT count(*) AS n FROM labelled_blocks"))[0]["n"].Should().Be(16L);
    }

    [Fact]
    public async Task Labels_are_not_among_volumes_blocks_and_statistics()
    {
        await Build(Samples.Content());
        var before = await All();
        await Build();
        (await All()).Should().BeEquivalentTo(before);

        async Task<List<object?>> All()
        {
            var rows = new List<object?>();
            foreach (var table in (string[])["volumes", "blocks", "judged_blocks", "training_blocks", "volume_statistics", "training_summary"])
                rows.AddRange((await Reader.QueryAsync($"SELECT * FROM {table}")).Select(row => string.Join('|', row.Values)));
            return rows;
        }
    }

    [Fact]
    public async Task A_block_has_the_share_of_each_class_among_what_is_annotated()
    {
        await Build();
        var rows = await Reader.QueryAsync("SELECT * FROM labelled_blocks WHERE dataset = 'crop' AND z = 0 AND y = 0 ORDER BY x");
        rows[0]["mitochondria_share"].Should().Be(0.2);
        rows[0]["mitochondria_objects"].Should().BeNull();
        rows[0]["organelles_unknown_share"].Should().Be(0.75);
        rows[0]["cells_share"].Should().Be(0.01);
        rows[0]["cells_objects"].Should().Be(7L);
        rows[0]["cells_unknown_share"].Should().Be(0.5);
        rows[0]["prediction_mitochondria_share"].Should().Be(0.9);
        rows[0]["prediction_mito_unknown_share"].Should().Be(0.0);
        rows[1]["mitochondria_share"].Should().Be(0.0);
        rows[1]["label_fill_share"].Should().Be(0.5, "fill_share is the grey values'");
        rows[1]["fill_share"].Should().Be(0.25);
        rows[1]["cells_share"].Should().BeNull();
        rows[1]["cells_objects"].Should().BeNull();
        rows[1]["cells_unknown_share"].Should().Be(1.0, "the label does not reach it");
    }

    [Fact]
    public async Task A_block_of_a_dataset_without_the_label_has_nulls()
    {
        await Build();
        var row = (await Reader.QueryAsync("SELECT * FROM labelled_blocks WHERE dataset = 'sections'"))[0];
        foreach (var column in row.Keys.Where(name => name.Contains("mitochondria") || name.Contains("unknown") || name.StartsWith("cells", StringComparison.Ordinal)))
            row[column].Should().BeNull();
        row["mean"].Should().NotBeNull();
    }

    [Theory]
    [InlineData("mitochondria_share > 0.01", 1)]
    [InlineData("mitochondria_share = 0 AND std > 0", 1)]
    [InlineData("cells_objects >= 7 AND organelles_unknown_share < 0.9", 1)]
    [InlineData("organelles_unknown_share < 0.5", 1)]
    [InlineData("dataset = 'sections'", 9)]
    [InlineData("", 16)]
    public async Task A_condition_may_name_classes_and_labels(string condition, int blocks)
    {
        await Build();
        (await Reader.SelectBlocksAsync(condition)).Should().HaveCount(blocks);
    }

    [Fact]
    public async Task Labels_do_not_change_the_order_of_blocks()
    {
        await Build(Samples.Content());
        var before = (await Reader.SelectBlocksAsync("")).Select(block => block.ToString()).ToList();
        await Build();
        (await Reader.SelectBlocksAsync("")).Select(block => block.ToString()).Should().Equal(before);
    }

    [Fact]
    public async Task Rows_about_unknown_labels_or_out_of_order_are_refused()
    {
        var content = Samples.LabelledContent();
        foreach (var (wrong, message) in new[]
        {
            (content with { LabelVolumes = [.. content.LabelVolumes, content.LabelVolumes[0]] }, "label_volumes: got * twice*"),
            (content with { LabelVolumes = [content.LabelVolumes[0] with { VoxelSize = VoxelSize.Unknown }] }, "label_volumes: *voxel size*"),
            (content with { LabelVolumes = [content.LabelVolumes[0] with { Dataset = "nowhere" }] }, "label_volumes: *'nowhere'*"),
            (content with { LabelClasses = [.. content.LabelClasses, content.LabelClasses[0]] }, "label_classes: got * twice*"),
            (content with { LabelClasses = [content.LabelClasses[0] with { Label = "nothing" }] }, "label_classes: *groundtruth/nothing*"),
            (content with { LabelBlocks = Samples.LabelBlocks.Reverse().ToAsyncEnumerable() }, "label_blocks: *expected ascending*"),
            (content with { LabelBlocks = Samples.LabelBlocks.Append(Samples.LabelBlocks[^1]).ToAsyncEnumerable() }, "label_blocks: *expected ascending*"),
            (content with { LabelChunks = Samples.LabelChunks.Reverse().ToAsyncEnumerable() }, "label_chunks: *expected ascending*"),
            (content with { LabelChunks = new[] { Samples.LabelChunks[0] with { Label = "nothing" } }.ToAsyncEnumerable() }, "label_chunks: *groundtruth/nothing*"),
            (content with { LabelShards = Samples.LabelShards.Reverse().ToAsyncEnumerable() }, "label_shards: *expected ascending*"),
            (content with { LabelShards = new[] { Samples.LabelShards[0] with { Label = "nothing" } }.ToAsyncEnumerable() }, "label_shards: *groundtruth/nothing*"),
        })
        {
            var act = () => Build(wrong);
            await act.Should().ThrowAsync<ArgumentException>().WithMessage(message);
        }
    }

    [Fact]
    public async Task The_report_says_what_is_labelled_by_whom_and_how_much_of_it()
    {
        await Build();
        var page = await File.ReadAllTextAsync(_folder["catalog/report.html"], TestContext.Current.CancellationToken);
        page.Should().Contain("groundtruth/organelles").And.Contain("fill 18.75 %, mitochondria 12.5 %", "30 and 20 of 160 voxels").And.Contain("automatic").And.Contain("prediction/mito");
        page.Should().Contain($"<td>{(100.0 * 160 / (100 * 65 * 128)).ToString("0.###", System.Globalization.CultureInfo.InvariantCulture)} %</td>");
        page.Split("<h3>Labels</h3>").Should().HaveCount(2, "one dataset has labels");
    }

    [Fact]
    public async Task The_json_lists_a_dataset_s_labels()
    {
        await Build();
        using var json = System.Text.Json.JsonDocument.Parse(await File.ReadAllTextAsync(_folder["catalog/metadata.json"], TestContext.Current.CancellationToken));
        var labels = json.RootElement.GetProperty("crop").GetProperty("labels");
        labels.EnumerateArray().Select(label => label.GetProperty("name").GetString()).Should().Equal("cells", "organelles", "mito");
        labels[1].GetProperty("classes").EnumerateArray().Select(name => name.GetString()).Should().Equal("fill", "mitochondria");
        labels[1].EnumerateObject().Select(member => member.Name).Should().BeInAscendingOrder(StringComparer.Ordinal);
        json.RootElement.GetProperty("sections").TryGetProperty("labels", out _).Should().BeFalse();
    }
}
