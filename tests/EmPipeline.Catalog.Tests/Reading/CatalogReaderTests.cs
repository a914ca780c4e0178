using EmPipeline.Volumes;

namespace EmPipeline.Catalog.Tests.Reading;

public sealed class CatalogReaderTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();

    private CatalogReader Reader => new(_folder["catalog"]);

    public async ValueTask InitializeAsync() => await CatalogBuilder.BuildAsync(Samples.Content(), _folder["catalog"]);

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_query_gives_blocks_in_its_own_order_with_full_paths()
    {
        var blocks = await Reader.SelectBlocksAsync("SELECT dataset, level, z, y, x FROM blocks WHERE dataset = 'sections' ORDER BY y DESC, x DESC LIMIT 2;");
        var volume = new BlockVolume("sections", Path.Combine(_folder.Path, "zarr", "sections.zarr", "s0"), 0, NdIndex.Filled(3, 128));
        blocks.Should().Equal(new BlockRef(volume, 0, 256, 256), new BlockRef(volume, 0, 256, 128));
        blocks[0].Origin.Should().Be(new NdIndex(0, 256, 256));
    }

    [Fact]
    public async Task A_catalogue_that_is_kept_open_answers_as_one_though_it_is_replaced_meanwhile()
    {
        var reader = Reader;
        using (reader.KeepOpen())
        {
            await CatalogBuilder.BuildAsync(Samples.LabelledContent(), _folder["catalog"]);
            (await reader.ReadLabelVolumesAsync()).Should().BeEmpty();
            (await Reader.ReadLabelVolumesAsync()).Should().NotBeEmpty("who comes now sees what is there now");
        }

        (await reader.ReadLabelVolumesAsync()).Should().NotBeEmpty();
    }

    [Fact]
    public async Task What_is_no_catalogue_is_not_kept_open()
    {
        var open = () => new CatalogReader(_folder["nowhere"]).KeepOpen();
        open.Should().Throw<EmException>().WithMessage("*nowhere*catalog.duckdb: got no such file, expected a catalogue.*").Which.Fault.Should().Be(Fault.Configuration);
        await File.WriteAllTextAsync(_folder["catalog/catalog.duckdb"], "no database", TestContext.Current.CancellationToken);
        open = () => Reader.KeepOpen();
        open.Should().Throw<EmException>().Which.Fault.Should().Be(Fault.Corrupt);
    }

    [Fact]
    public async Task A_query_keeps_its_order_and_its_first_column_of_a_name_whatever_else_it_gives()
    {
        var origins = (await Reader.SelectBlocksAsync("FROM blocks WHERE level = 0 ORDER BY x DESC, y, z DESC, dataset -- the end")).Select(block => block.Origin).ToArray();
        origins.Should().HaveCountGreaterThan(10);
        origins.Should().BeEquivalentTo(origins.OrderByDescending(at => at[2]).ThenBy(at => at[1]).ThenByDescending(at => at[0]), options => options.WithStrictOrdering());
        var joined = await Reader.SelectBlocksAsync("SELECT b.X, v.*, b.* FROM blocks b JOIN volumes v USING (dataset, level) WHERE b.dataset = 'sections' ORDER BY b.y, b.x LIMIT 2");
        joined.Select(block => block.Origin).Should().Equal(NdIndex.Filled(3, 0), new NdIndex(0, 0, 128));
    }

    [Theory]
    [InlineData("dataset = 'sections' AND x = 0", 3)]
    [InlineData("(x = 0) OR (x = 128)", 13)]
    [InlineData("x = 0 -- the first column", 7)]
    [InlineData("", 16)]
    [InlineData("  ;  ", 16)]
    [InlineData("; -- nothing", 16)]
    [InlineData("x = 0; -- the first column", 7)]
    [InlineData("x = 0 /* a /* comment */ ; */ ; ; -- the; end", 7)]
    [InlineData("-- the first column\nx = 0;", 7)]
    [InlineData("/* all */ SELECT * FROM blocks WHERE level = 1; -- of them\n;", 1)]
    [InlineData("x = 0 -- one\n AND dataset <> '; -- '", 7)]
    [InlineData("dataset = $$sections$$ AND dataset <> $a$; -- $$ /*$a$", 9)]
    [InlineData("FROM blocks WHERE level = 1", 1)]
    [InlineData("WITH b AS (SELECT * FROM blocks) SELECT * FROM b WHERE state = 'empty'", 1)]
    [InlineData("(SELECT * FROM blocks WHERE level = 1) UNION ALL (SELECT * FROM blocks WHERE level = 1)", 2)]
    [InlineData("select\n* from blocks where level = 1", 1)]
    public async Task A_condition_is_about_training_blocks_and_a_query_is_a_query(string query, int count) =>
        (await Reader.SelectBlocksAsync(query)).Should().HaveCount(count);

    [Theory]
    [InlineData("SELECT nothing FROM blocks", "*nothing*")]
    [InlineData("SELEC * FROM blocks", "*SELEC*")]
    [InlineData("contrast > 5", "*contrast*")]
    [InlineData("SELECT dataset, z FROM blocks", "*got columns dataset, z; expected at least dataset, level, z, y, x*")]
    [InlineData("SELECT 'nowhere' AS dataset, 0 AS level, 0 AS z, 0 AS y, 0 AS x", "*'nowhere'*")]
    [InlineData("SELECT dataset, level, NULL AS z, y, x FROM blocks", "*z = NULL, expected a whole number*")]
    [InlineData("SELECT dataset, level, 'a' AS z, y, x FROM blocks", "*z = a, expected a whole number*")]
    [InlineData("SELECT * FROM blocks; SELECT * FROM blocks -- two", "query: got 2 statements*")]
    [InlineData("x = 0; SELECT 1", "query: got SQL that cannot be read*")]
    [InlineData("x = 0 /* unfinished", "query: got SQL that cannot be read*")]
    [InlineData("WITH a AS (SELECT 1) DELETE FROM blocks", "query: got a statement that is not a SELECT*")]
    public async Task Mistakes_in_sql_are_configuration_errors_that_say_what(string query, string message)
    {
        var act = () => Reader.SelectBlocksAsync(query);
        (await act.Should().ThrowAsync<EmException>().WithMessage(message)).Which.Fault.Should().Be(Fault.Configuration);
    }

    [Fact]
    public async Task Nothing_can_be_written_through_a_reader()
    {
        var act = () => Reader.QueryAsync("DELETE FROM blocks");
        await act.Should().ThrowAsync<EmException>().WithMessage("query: got a statement that is not a SELECT, expected one SELECT.*");
    }

    [Fact]
    public async Task A_folder_without_a_catalogue_says_how_to_make_one()
    {
        var act = () => new CatalogReader(_folder["nowhere"]).SelectBlocksAsync("");
        await act.Should().ThrowAsync<EmException>().WithMessage("*catalog.duckdb: got no such file*./build.sh Catalog*");
    }

    [Fact]
    public async Task A_foreign_file_in_its_place_is_corrupt()
    {
        Directory.CreateDirectory(_folder["foreign"]);
        await File.WriteAllTextAsync(Path.Combine(_folder["foreign"], "catalog.duckdb"), new string('x', 10_000));
        var act = () => new CatalogReader(_folder["foreign"]).SelectBlocksAsync("");
        (await act.Should().ThrowAsync<EmException>()).Which.Fault.Should().Be(Fault.Corrupt);
    }

    [Fact]
    public async Task Questions_at_the_same_time_and_a_rebuild_between_them_do_not_disturb_each_other()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Reader.SelectBlocksAsync("")));
        answers.Should().OnlyContain(blocks => blocks.SequenceEqual(answers[0]));
        await CatalogBuilder.BuildAsync(new CatalogContent(), _folder["catalog"]);
        (await Reader.SelectBlocksAsync("")).Should().BeEmpty();
    }
}
