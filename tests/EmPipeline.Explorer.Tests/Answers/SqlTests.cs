using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using EmPipeline.Explorer.Answers;
using EmPipeline.Explorer.Tests.Support;

namespace EmPipeline.Explorer.Tests.Answers;

public sealed class SqlTests(ServedData data)
{
    [Fact]
    public async Task Rows_come_as_lines_with_their_columns_first()
    {
        var lines = await AskAsync(data.Client, "SELECT dataset, level, z FROM blocks WHERE dataset = 'cells' AND level = 0 ORDER BY z, y, x LIMIT 2");
        lines.Select(line => line.GetRawText()).Take(3).Should().Equal("""{"columns":["dataset","level","z"]}""", """["cells",0,0]""", """["cells",0,0]""");
        lines[^1].GetProperty("end").GetProperty("rows").GetInt32().Should().Be(2);
    }

    [Fact]
    public async Task A_condition_alone_asks_for_blocks()
    {
        var lines = await AskAsync(data.Client, "dataset = 'cells' AND mean > 0");
        lines[0].GetProperty("columns").EnumerateArray().Select(name => name.GetString()).Should().Contain(["dataset", "level", "z", "y", "x"]);
        lines.Count.Should().BeGreaterThan(3);
    }

    [Fact]
    public async Task Values_that_a_browsers_numbers_lack_come_as_text()
    {
        var lines = await AskAsync(data.Client, "SELECT 'NaN'::DOUBLE, 18446744073709551615::UBIGINT, 9007199254740993::BIGINT, 170141183460469231731687303715884105727::HUGEINT, NULL, true, [1, 2], DATE '2020-02-03', 'a<b', 1.50::DECIMAL(5,2)");
        lines[1].EnumerateArray().Select(value => value.ToString()).Should().Equal(
            "NaN", "18446744073709551615", "9007199254740993", "170141183460469231731687303715884105727", "", "True", "[1, 2]", "2020-02-03", "a<b", "1.50");
    }

    [Fact]
    public async Task More_rows_than_a_table_shows_are_cut_and_said_so()
    {
        var lines = await AskAsync(data.Client, "SELECT * FROM range(1000000)");
        lines.Count.Should().Be(SqlAnswer.MostRows + 2);
        lines[^1].GetProperty("end").GetProperty("isCut").GetBoolean().Should().BeTrue();
    }

    [Theory]
    [InlineData("SELECT * FROM read_csv('/etc/passwd')")]
    [InlineData("SELECT * FROM '/etc/passwd'")]
    [InlineData("SELECT read_text('/etc/passwd')")]
    [InlineData("SELECT content FROM read_text('/etc/passwd')")]
    [InlineData("COPY blocks TO '/tmp/x.csv'")]
    [InlineData("ATTACH '/tmp/x.duckdb'")]
    [InlineData("INSTALL httpfs")]
    [InlineData("LOAD httpfs")]
    [InlineData("SET memory_limit = '100GB'")]
    [InlineData("PRAGMA database_list")]
    [InlineData("DROP TABLE blocks")]
    [InlineData("INSERT INTO blocks SELECT * FROM blocks")]
    [InlineData("CREATE TABLE t AS SELECT 1")]
    [InlineData("SELECT 1; DROP TABLE blocks")]
    [InlineData("SELECT getenv('HOME')")]
    [InlineData("SELECT * FROM duckdb_settings()")]
    [InlineData("SELECT * FROM pragma_database_list")]
    [InlineData("SELECT * FROM pragma_database_list, (WITH pragma_database_list AS (SELECT 1) SELECT * FROM pragma_database_list) s")]
    [InlineData("WITH pragma_database_list AS (SELECT * FROM pragma_database_list) SELECT * FROM pragma_database_list")]
    [InlineData("WITH a AS (SELECT * FROM sqlite_master), sqlite_master AS (SELECT 1) SELECT * FROM a")]
    [InlineData("SELECT * FROM \"/etc/hosts.csv\", (WITH \"/etc/hosts.csv\" AS (SELECT 1) SELECT 1) s")]
    [InlineData("SELECT write_log('x')")]
    [InlineData("SELECT levenshtein(repeat('ab', 5000000), repeat('ba', 5000000))")]
    [InlineData("SELECT $1")]
    [InlineData("SELECT ?")]
    [InlineData("SELECT 1e400")]
    [InlineData("SELECT nonsense FROM")]
    [InlineData("SELECT * FROM none")]
    [InlineData("")]
    public async Task What_is_not_one_SELECT_over_the_catalogue_is_refused(string query)
    {
        using var response = await data.Client.PostAsJsonAsync("api/sql", new { query });
        // Nothing asks for all blocks, as everywhere.
        if (query.Length == 0)
        {
            response.StatusCode.Should().Be(HttpStatusCode.OK);
            return;
        }

        response.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetString().Should().NotBeNullOrEmpty();
    }

    [Theory]
    [InlineData("TIMESTAMP 'infinity'", "infinity")]
    [InlineData("DATE '290000-01-01'", "290000-01-01")]
    [InlineData("INTERVAL 100000 YEARS", "100000 years")]
    [InlineData("99999999999999999999999999999999999999::DECIMAL(38, 0)", "99999999999999999999999999999999999999")]
    [InlineData("union_value(a := 1)", "1")]
    [InlineData("[NULL, {'a': DATE 'infinity'}]", "[NULL, {'a': infinity}]")]
    [InlineData("'\\xff\\x00'::BLOB", "(2 bytes)")]
    public async Task Values_that_DotNet_lacks_come_as_DuckDB_writes_them(string value, string text)
    {
        var lines = await AskAsync(data.Client, $"SELECT {value} AS a, 1 AS a; -- of one name");
        lines[1][0].GetString().Should().Be(text);
        lines[1][1].GetInt32().Should().Be(1);
    }

    [Theory]
    [InlineData("'a' || repeat('😀', 60000)", "(60001 letters)")]
    [InlineData("repeat('<', 20000000)", "(20000000 letters)")]
    [InlineData("range(1000000)", "(7888890 letters)")]
    public async Task A_value_of_megabytes_is_cut_at_a_letter_before_it_leaves_the_database(string value, string end)
    {
        var line = (await AskAsync(data.Client, $"SELECT {value}"))[1][0].GetString()!;
        line.Should().EndWith($"… {end}").And.NotContain("\uFFFD");
        line.EnumerateRunes().Count().Should().Be(10_000 + 2 + end.Length);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("")]
    [InlineData("[1]")]
    [InlineData("{\"query\":1}")]
    [InlineData("{\"query\":null}")]
    [InlineData("{\"query\":\"\\ud800\"}")]
    [InlineData("{\"query\":\"\u00ff\"}")]
    public async Task A_body_that_is_no_question_is_refused(string body)
    {
        using var content = new ByteArrayContent(Encoding.Latin1.GetBytes(body)) { Headers = { ContentType = new("application/json") } };
        using var response = await data.Client.PostAsync("api/sql", content);
        response.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetString().Should().Contain("expected");
    }

    [Fact]
    public async Task A_query_without_an_end_is_stopped_and_the_page_lives_on()
    {
        await using var server = await ServedData.StartAsync(data.Folder, queryTime: TimeSpan.FromMilliseconds(300));
        using var client = new HttpClient { BaseAddress = new Uri(server.Address) };
        const string endless = "SELECT count(*) FROM range(100000000) a, range(100000000) b";
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => client.PostAsJsonAsync("api/sql", new { query = endless })));
        foreach (var answer in answers)
        {
            // It may have begun to answer: the columns are known at once.
            (await answer.Content.ReadAsStringAsync()).Should().Contain("got no end within 0.3 s");
        }

        (await AskAsync(client, "SELECT 1"))[1].GetRawText().Should().Be("[1]");
        (await client.GetAsync("api/datasets")).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Who_goes_away_ends_the_query()
    {
        await using var server = await ServedData.StartAsync(data.Folder, queryTime: TimeSpan.FromMinutes(5));
        using var client = new HttpClient { BaseAddress = new Uri(server.Address) };
        for (var i = 0; i < 4; i++)
        {
            using var impatient = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
            var asking = async () => await client.PostAsJsonAsync("api/sql", new { query = "SELECT count(*) FROM range(100000000) a, range(100000000) b" }, impatient.Token);
            await asking.Should().ThrowAsync<OperationCanceledException>();
        }

        // Only two may be at work: the others' turns have come back.
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        (await client.PostAsJsonAsync("api/sql", new { query = "SELECT 1" }, patience.Token)).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    internal static async Task<List<JsonElement>> AskAsync(HttpClient client, string query)
    {
        using var response = await client.PostAsJsonAsync("api/sql", new { query });
        var text = await response.Content.ReadAsStringAsync();
        response.StatusCode.Should().Be(HttpStatusCode.OK, text);
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line))];
    }
}
