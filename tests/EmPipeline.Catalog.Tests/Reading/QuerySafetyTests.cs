using System.Diagnostics;
using EmPipeline.Volumes;

namespace EmPipeline.Catalog.Tests.Reading;

/// <summary>What SQL from outside may not do: each is tried as a query of rows, as a query of blocks, and inside a condition.</summary>
public sealed class QuerySafetyTests(QuerySafetyTests.CatalogFolder folder) : IClassFixture<QuerySafetyTests.CatalogFolder>
{
    private CatalogReader Reader => new(Path.Combine(folder.Root, "catalog"));

    /// <summary>A catalogue, and beside it files that are none of its business; only read.</summary>
    public sealed class CatalogFolder : IAsyncLifetime
    {
        private readonly TemporaryFolder _folder = new();

        public string Root => _folder.Path;

        public async ValueTask InitializeAsync()
        {
            await CatalogBuilder.BuildAsync(Samples.Content(), _folder["catalog"]);
            _folder.Write("secret.txt", "secret");
            _folder.Write("secret.csv", "dataset,level,z,y,x\nsecret,0,0,0,0\n");
            _folder.Write("secret.json", "{\"dataset\": \"secret\"}");
        }

        public ValueTask DisposeAsync()
        {
            _folder.Dispose();
            return ValueTask.CompletedTask;
        }
    }

    [Fact]
    public async Task Every_table_of_the_catalogue_can_be_asked()
    {
        foreach (var table in CatalogBuilder.Files.Where(file => file.EndsWith(".parquet", StringComparison.Ordinal)).Select(Path.GetFileNameWithoutExtension))
        {
            var ask = () => Reader.QueryAsync($"SELECT * FROM {table} LIMIT 1");
            await ask.Should().NotThrowAsync(table);
        }
    }

    [Theory]
    [InlineData("SELECT * FROM read_text('{0}/secret.txt')")]
    [InlineData("SELECT * FROM read_blob('{0}/secret.txt')")]
    [InlineData("SELECT * FROM read_csv('{0}/secret.csv')")]
    [InlineData("SELECT * FROM read_csv_auto('{0}/secret.csv')")]
    [InlineData("SELECT * FROM sniff_csv('{0}/secret.csv')")]
    [InlineData("SELECT * FROM read_json('{0}/secret.json')")]
    [InlineData("SELECT * FROM read_json_objects('{0}/secret.json')")]
    [InlineData("SELECT * FROM read_ndjson('{0}/secret.json')")]
    [InlineData("SELECT * FROM read_parquet('{0}/catalog/blocks.parquet')")]
    [InlineData("SELECT * FROM parquet_scan('{0}/catalog/blocks.parquet')")]
    [InlineData("SELECT * FROM parquet_metadata('{0}/catalog/blocks.parquet')")]
    [InlineData("SELECT * FROM parquet_schema('{0}/catalog/blocks.parquet')")]
    [InlineData("SELECT * FROM glob('{0}/*')")]
    [InlineData("SELECT * FROM '{0}/secret.csv'")]
    [InlineData("SELECT * FROM '{0}/*.csv'")]
    [InlineData("SELECT * FROM '{0}/catalog/blocks.parquet'")]
    [InlineData("SELECT * FROM \"{0}/secret.json\"")]
    [InlineData("FROM '{0}/secret.csv'")]
    [InlineData("DESCRIBE '{0}/secret.csv'")]
    [InlineData("SUMMARIZE '{0}/secret.csv'")]
    [InlineData("WITH a AS (SELECT * FROM '{0}/secret.csv') SELECT * FROM a")]
    [InlineData("SELECT (SELECT max(content) FROM read_text('{0}/secret.txt')) AS dataset")]
    [InlineData("SELECT * FROM blocks WHERE dataset IN (SELECT dataset FROM '{0}/secret.csv')")]
    [InlineData("SELECT * FROM query('SELECT * FROM read_text(''{0}/secret.txt'')')")]
    [InlineData("SELECT * FROM query_table('{0}/secret.csv')")]
    [InlineData("SELECT * FROM 'http://127.0.0.1:9/a.parquet'")]
    [InlineData("SELECT * FROM duckdb_settings()")]
    [InlineData("SELECT * FROM duckdb_databases()")]
    [InlineData("SELECT * FROM information_schema.tables")]
    [InlineData("SELECT * FROM sqlite_master")]
    [InlineData("SELECT * FROM pg_catalog.pg_tables")]
    [InlineData("SELECT current_setting('temp_directory')")]
    [InlineData("SHOW DATABASES")]
    [InlineData("SHOW TABLES")]
    [InlineData("COPY blocks TO '{0}/written'")]
    [InlineData("COPY (SELECT 1) TO '{0}/written' (FORMAT parquet)")]
    [InlineData("COPY blocks FROM '{0}/secret.csv'")]
    [InlineData("COPY FROM DATABASE catalog TO memory")]
    [InlineData("EXPORT DATABASE '{0}/written'")]
    [InlineData("IMPORT DATABASE '{0}/catalog'")]
    [InlineData("ATTACH '{0}/written' AS other")]
    [InlineData("ATTACH ':memory:' AS other")]
    [InlineData("DETACH catalog")]
    [InlineData("USE memory")]
    [InlineData("INSTALL httpfs")]
    [InlineData("LOAD httpfs")]
    [InlineData("LOAD '{0}/secret.txt'")]
    [InlineData("SET enable_external_access = true")]
    [InlineData("SET lock_configuration = false")]
    [InlineData("SET memory_limit = '100GB'")]
    [InlineData("SET threads = 64")]
    [InlineData("RESET memory_limit")]
    [InlineData("SET VARIABLE a = 1")]
    [InlineData("PRAGMA enable_profiling")]
    [InlineData("PRAGMA database_list")]
    [InlineData("PRAGMA profiling_output = '{0}/written'")]
    [InlineData("CREATE TABLE t AS SELECT 1")]
    [InlineData("CREATE TEMP TABLE t AS SELECT 1")]
    [InlineData("CREATE MACRO m() AS 1")]
    [InlineData("CREATE SECRET s (TYPE s3)")]
    [InlineData("DROP TABLE blocks")]
    [InlineData("INSERT INTO blocks SELECT * FROM blocks")]
    [InlineData("UPDATE blocks SET level = 0")]
    [InlineData("DELETE FROM blocks")]
    [InlineData("VACUUM")]
    [InlineData("CHECKPOINT")]
    [InlineData("CALL pragma_version()")]
    [InlineData("PREPARE p AS SELECT 1")]
    [InlineData("BEGIN TRANSACTION")]
    [InlineData("EXPLAIN ANALYZE SELECT 1")]
    [InlineData("SELECT 1; SELECT 2")]
    [InlineData("SELECT 1; COPY blocks TO '{0}/written'")]
    [InlineData("SELECT * FROM blocks; SET threads = 64")]
    [InlineData("")]
    public async Task Nothing_but_one_select_over_the_catalogue_runs(string pattern)
    {
        var query = pattern.Replace("{0}", folder.Root, StringComparison.Ordinal);
        var asRows = () => Reader.QueryAsync(query);
        (await asRows.Should().ThrowAsync<EmException>()).Which.Fault.Should().Be(Fault.Configuration);
        if (query.Length > 0)
        {
            foreach (var text in (string[])[query, $"z = ({query})", $"1 = 1) UNION ALL (({query})", $"1 = 1); {query}; SELECT (1"])
            {
                var asBlocks = () => Reader.SelectBlocksAsync(text);
                (await asBlocks.Should().ThrowAsync<EmException>(text)).Which.Fault.Should().Be(Fault.Configuration);
            }
        }

        Path.Exists(Path.Combine(folder.Root, "written")).Should().BeFalse();
        (await Reader.QueryAsync("SELECT count(*) AS n FROM blocks"))[0]["n"].Should().Be(18L);
    }

    [Theory]
    [InlineData("SELECT * FROM datasets d JOIN volumes v USING (dataset) WHERE v.level = 0", 2)]
    [InlineData("WITH RECURSIVE a(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM a WHERE i < 5) SELECT * FROM a", 5)]
    [InlineData("SELECT * FROM range(3), unnest([1, 2])", 6)]
    [InlineData("FROM main.blocks USING SAMPLE 4 ROWS", 4)]
    [InlineData("SELECT * FROM (VALUES (1), (2)) AS t(i) WHERE i IN (SELECT level + 1 FROM Blocks)", 2)]
    [InlineData("DESCRIBE blocks", 28)]
    [InlineData("SELECT * FROM training_summary -- a comment; with a semicolon", 4)]
    public async Task What_concerns_the_catalogue_may_be_asked(string query, int count) => (await Reader.QueryAsync(query)).Should().HaveCount(count);

    [Theory]
    [InlineData("WITH RECURSIVE a(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM a) SELECT 'crop' AS dataset, 0 AS level, count(*) AS z, 0 AS y, 0 AS x FROM a")]
    [InlineData("SELECT 'crop' AS dataset, 0 AS level, count(*) AS z, 0 AS y, 0 AS x FROM range(1000000) a, range(1000000) b WHERE (a.range * b.range) % 7 = 9")]
    [InlineData("SELECT 'crop' AS dataset, 0 AS level, a.range AS z, 0 AS y, 0 AS x FROM range(1000000) a, range(1000000) b WHERE (a.range * b.range) % 7 = 9")]
    public async Task A_query_without_an_end_is_stopped(string query)
    {
        var watch = Stopwatch.StartNew();
        var limits = new QueryLimits { Time = TimeSpan.FromMilliseconds(300) };
        var rows = () => Reader.QueryAsync(query, limits);
        await rows.Should().ThrowAsync<EmException>().WithMessage("query: got no end within 0.3 s*");
        var blocks = () => Reader.SelectBlocksAsync(query, limits);
        await blocks.Should().ThrowAsync<EmException>().WithMessage("query: got no end within 0.3 s*");
        watch.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_caller_can_stop_a_query()
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        var act = () => Reader.QueryAsync("SELECT count(*) FROM range(10000000000) a, range(1000) b WHERE (a.range * b.range) % 7 = 9", cancellation: stop.Token);
        await act.Should().ThrowAsync<OperationCanceledException>();
    }

    [Fact]
    public async Task Rows_are_counted_as_they_come_and_not_gathered_first()
    {
        var before = GC.GetTotalAllocatedBytes();
        var rows = () => Reader.QueryAsync("SELECT range FROM range(1000000000)", new QueryLimits { Rows = 1000 });
        await rows.Should().ThrowAsync<EmException>().WithMessage("query: got more than 1000 rows*");
        var blocks = () => Reader.SelectBlocksAsync("SELECT 'crop' AS dataset, 0 AS level, range AS z, 0 AS y, 0 AS x FROM range(1000000000)", new QueryLimits { Rows = 1000 });
        await blocks.Should().ThrowAsync<EmException>().WithMessage("query: got more than 1000 rows*");
        (GC.GetTotalAllocatedBytes() - before).Should().BeLessThan(50 << 20);
    }

    [Fact]
    public async Task Memory_is_bounded()
    {
        var act = () => Reader.QueryAsync("SELECT len(list(range)) FROM range(10000000000)");
        await act.Should().ThrowAsync<EmException>().WithMessage("query: *Out of Memory*");
    }

    [Fact]
    public async Task A_tree_of_any_depth_is_an_answer()
    {
        var deep = $"SELECT {string.Concat(Enumerable.Repeat("abs(", 4000))}1{new string(')', 4000)}";
        var act = () => Reader.QueryAsync(deep);
        await act.Should().ThrowAsync<EmException>();
        (await Reader.QueryAsync($"SELECT {string.Join(" + ", Enumerable.Repeat("1", 500))} AS n"))[0]["n"].Should().NotBeNull();
    }
}
