using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using EmPipeline.Catalog;
using EmPipeline.Explorer.Tests.Support;

namespace EmPipeline.Explorer.Tests.Answers;

/// <summary>A data folder that changes while it is looked at.</summary>
public sealed class LiveTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_catalogue_appears_and_is_replaced()
    {
        await using var server = await ServedData.StartAsync(_folder.Path);
        using var client = new HttpClient { BaseAddress = new Uri(server.Address) };
        (await client.GetFromJsonAsync<JsonElement>("api/datasets")).GetProperty("version").ValueKind.Should().Be(JsonValueKind.Null);
        (await client.GetAsync("api/volume/cells")).StatusCode.Should().Be(HttpStatusCode.BadRequest, "there is no catalogue to ask");
        (await client.GetFromJsonAsync<JsonElement>("api/run")).GetProperty("run").ValueKind.Should().Be(JsonValueKind.Null);
        (await client.GetAsync("")).StatusCode.Should().Be(HttpStatusCode.OK);

        await TestData.MakeAsync(_folder.Path);
        var first = (await client.GetFromJsonAsync<JsonElement>("api/run")).GetProperty("version").GetString();
        (await client.GetAsync("tile/cells/image/0/z/0/0_0")).StatusCode.Should().Be(HttpStatusCode.OK);

        await TestData.MakeAsync(_folder.Path, "altered");
        (await client.GetFromJsonAsync<JsonElement>("api/run")).GetProperty("version").GetString().Should().NotBe(first).And.NotBeNull();
        (await client.GetAsync("tile/altered/image/0/z/0/0_0")).StatusCode.Should().Be(HttpStatusCode.OK);
        (await client.GetAsync("tile/cells/image/0/z/0/0_0")).StatusCode.Should().Be(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Tiles_that_are_asked_for_while_catalogues_come_and_go_are_right_or_not_there()
    {
        await TestData.MakeAsync(_folder.Path);
        await using var server = await ServedData.StartAsync(_folder.Path);
        using var client = new HttpClient { BaseAddress = new Uri(server.Address) };
        using var stop = new CancellationTokenSource();
        var looking = Enumerable.Range(0, 4).Select(i => Task.Run(async () =>
        {
            var shown = 0;
            while (!stop.IsCancellationRequested)
            {
                using var response = await client.GetAsync($"tile/cells/image/0/z/{i}/0_0?low=0&high=255&format=png");
                response.StatusCode.Should().BeOneOf(HttpStatusCode.OK, HttpStatusCode.NotFound);
                shown += response.StatusCode == HttpStatusCode.OK ? 1 : 0;
            }

            return shown;
        })).ToList();
        for (var i = 0; i < 3; i++)
        {
            await TestData.MakeAsync(_folder.Path, "altered");
            await TestData.MakeAsync(_folder.Path);
        }

        await stop.CancelAsync();
        (await Task.WhenAll(looking)).Should().OnlyContain(shown => shown > 0);
    }

    [Fact]
    public async Task A_catalogue_that_is_replaced_while_a_question_is_at_work_is_seen_at_once()
    {
        await TestData.MakeAsync(_folder.Path);
        await using var server = await ServedData.StartAsync(_folder.Path);
        using var client = new HttpClient { BaseAddress = new Uri(server.Address) };
        (await NamesAsync()).Should().Contain("cells");

        // As a question does that takes its time.
        using var atWork = new CatalogReader(Path.Combine(_folder.Path, "catalog")).KeepOpen();
        await TestData.MakeAsync(_folder.Path, "altered");
        (await NamesAsync()).Should().Contain("altered").And.NotContain("cells");
        (await SqlTests.AskAsync(client, "SELECT count(*) FROM datasets WHERE dataset = 'altered'"))[1].GetRawText().Should().Be("[1]");

        async Task<List<string?>> NamesAsync() =>
            [.. (await client.GetFromJsonAsync<JsonElement>("api/datasets")).GetProperty("datasets").EnumerateArray().Select(dataset => dataset.GetProperty("name").GetString())];
    }

    [Fact]
    public async Task A_damaged_catalogue_is_named_and_the_page_lives_on()
    {
        _folder.Write("catalog/catalog.duckdb", "this is none");
        await using var server = await ServedData.StartAsync(_folder.Path);
        using var client = new HttpClient { BaseAddress = new Uri(server.Address) };
        using var response = await client.GetAsync("api/datasets");
        response.StatusCode.Should().Be(HttpStatusCode.BadGateway);
        (await response.Content.ReadAsStringAsync()).Should().Contain("catalog.duckdb");
        (await client.GetAsync("")).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_run_is_told_from_its_log_line_by_line()
    {
        const string log = "logs/20261128T092652.320Z.jsonl";
        _folder.Write("logs/20251128T092652.320Z.jsonl", """{"kind":"finished","succeeded":true,"time":"2025-11-28T09:27:00Z"}""");
        _folder.Write(log, """
            {"dataset":"a","stage":"Download","state":"Done","bytes":5,"seconds":1.5,"summary":"1 of 1 file fetched","time":"2026-11-28T09:26:54Z","kind":"stage"}
            {"text":"a: something odd <b>","time":"2026-11-28T09:26:55Z","kind":"warning"}
            {"dataset":"a","stage":"Ver
            """);
        _folder.Write("logs/20261128T092652.320Z.running.json", """[{"dataset":"a","stage":"Verify","state":"Running","bytes":3,"total":5,"seconds":0.5}]""");
        await using var server = await ServedData.StartAsync(_folder.Path);
        using var client = new HttpClient { BaseAddress = new Uri(server.Address) };
        var run = (await client.GetFromJsonAsync<JsonElement>("api/run")).GetProperty("run");
        run.GetProperty("stages").GetArrayLength().Should().Be(1, "the last line is half written");
        run.GetProperty("running")[0].GetProperty("total").GetInt32().Should().Be(5);
        run.GetProperty("messages")[0].GetProperty("text").GetString().Should().Be("a: something odd <b>");
        run.GetProperty("succeeded").ValueKind.Should().Be(JsonValueKind.Null);

        await File.AppendAllTextAsync(_folder[log], "\n" + """{"succeeded":false,"time":"2026-11-28T09:27:00Z","kind":"finished"}""" + "\n");
        run = (await client.GetFromJsonAsync<JsonElement>("api/run")).GetProperty("run");
        run.GetProperty("succeeded").GetBoolean().Should().BeFalse();
        run.GetProperty("running").ValueKind.Should().Be(JsonValueKind.Null);
    }
}
