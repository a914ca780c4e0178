using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using EmPipeline.Stages.Ledgers;
using EmPipeline.Stages.Status;

namespace EmPipeline.Stages.Tests.Status;

/// <summary>For each change, what runs again; and Status says the same before. Each test leaves a pipeline that is up to date.</summary>
public sealed class StalenessTests(SmallPipeline pipeline) : IClassFixture<SmallPipeline>
{
    private static readonly Dictionary<string, Action<SmallPipeline>> Changes = new()
    {
        ["nothing"] = _ => { },
        ["a remark"] = p => File.AppendAllText(p["pipeline.yaml"], "# a remark\n"),
        ["memory, which changes no result"] = p => p.Configure(remote: ", memory: 256MiB"),
        ["the title"] = p => p.Configure(remote: ", title: A title"),
        ["the chunk"] = p => p.Configure(remote: ", chunk: [16, 16, 16]"),
        ["the lock file's layout"] = p => File.WriteAllText(p["pipeline.lock.json"], JsonNode.Parse(File.ReadAllText(p["pipeline.lock.json"]))!.ToJsonString()),
        ["a lock file without the dataset"] = p => File.Delete(p["pipeline.lock.json"]),
        ["a lost raw file"] = p => File.Delete(p.RemoteFile),
        ["a raw file of another length"] = p => File.AppendAllText(p.RemoteFile, "x"),
        ["a lost shard"] = p => File.Delete(Shard(p)),
        ["a lost ledger"] = p => File.Delete(p.Data.LedgerFile("remote", Stage.Verify)),
        ["a lost list of verified files"] = p => File.Delete(Directory.GetFiles(p.Data.State("remote"), "verified.jsonl").Single()),
        ["a lost part of the catalogue"] = p => File.Delete(p["data/catalog/report.html"]),
        ["a file of equal length in a local source"] = p => p.WriteSection(0, seed: 77),
        ["the time of a local file"] = p => File.SetLastWriteTimeUtc(p["scans/section_0.tif"], new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc)),
        ["one more local file"] = p => p.WriteSection(2, seed: 9),
        ["one local file less"] = p => File.Delete(p["scans/section_1.tif"]),
        ["clocks: every ledger is from the future"] = p => SetTimes(p, "*.ledger.json", 2099),
        ["clocks: every ledger is ancient"] = p => SetTimes(p, "*.ledger.json", 1999),
        ["clocks: the chunk, and every ledger is from the future"] = p =>
        {
            p.Configure(remote: ", chunk: [8, 8, 8]");
            SetTimes(p, "*.ledger.json", 2099);
        },
    };

    public static TheoryData<string, string[]> Rows => new()
    {
        { "nothing", [] },
        { "a remark", [] },
        { "memory, which changes no result", [] },
        { "the title", ["(all): Catalog", "remote: ExtractMetadata", "remote: Rechunk"] },
        { "the chunk", ["(all): Catalog", "remote: Rechunk"] },
        { "the lock file's layout", [] },
        { "a lock file without the dataset", ["remote: Download"] },
        { "a lost raw file", ["remote: Download"] },
        { "a raw file of another length", ["remote: Download"] },
        { "a lost shard", ["remote: Rechunk"] },
        { "a lost ledger", ["remote: Verify"] },
        { "a lost list of verified files", ["remote: Verify"] },
        { "a lost part of the catalogue", ["(all): Catalog"] },
        { "a file of equal length in a local source", ["(all): Catalog", "local: ExtractMetadata", "local: Rechunk", "local: Verify"] },
        { "the time of a local file", ["local: Verify"] },
        { "one more local file", ["(all): Catalog", "local: Download", "local: ExtractMetadata", "local: Rechunk", "local: Verify"] },
        { "one local file less", ["(all): Catalog", "local: Download", "local: ExtractMetadata", "local: Rechunk", "local: Verify"] },
        { "clocks: every ledger is from the future", [] },
        { "clocks: every ledger is ancient", [] },
        { "clocks: the chunk, and every ledger is from the future", ["(all): Catalog", "remote: Rechunk"] },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task A_change_runs_these_stages_again_and_no_others(string change, string[] expected)
    {
        await StartAsync();
        Changes[change](pipeline);
        var said = pipeline.ToDo();
        var ran = await pipeline.RunAsync();
        pipeline.Problems.Should().BeEmpty();
        ran.Should().Equal(expected);
        said.Should().BeSubsetOf(ran, "what Status says is what a run does");
        (said.Count == 0).Should().Be(ran.Count == 0, "Status says whether there is anything to do");
        pipeline.ToDo().Should().BeEmpty();
        (await pipeline.RunAsync()).Should().BeEmpty("a second run finds nothing to do");
    }

    [Fact]
    public async Task Where_nothing_has_run_each_stage_says_so()
    {
        await using var fresh = new SmallPipeline();
        StatusReport.Of(fresh.Open(), []).Select(row => row.Reason).Should().HaveCount(9).And.OnlyContain(reason => reason == "it has not run yet");
    }

    [Fact]
    public async Task Updating_the_lock_asks_the_source_and_runs_no_other_stage_when_nothing_changed()
    {
        await StartAsync();
        pipeline.ToDo(updateLock: true).Should().Equal("local: Download", "remote: Download");
        (await pipeline.RunAsync(updateLock: true)).Should().Equal("local: Download", "remote: Download");
    }

    [Fact]
    public async Task Updating_the_lock_takes_what_changed_at_the_source()
    {
        await StartAsync();
        var served = pipeline.Serve(seed: 2);
        (await pipeline.RunAsync()).Should().BeEmpty("the lock file holds it to what was fetched");
        (await pipeline.RunAsync(updateLock: true)).Should().Equal(
            "(all): Catalog", "local: Download", "remote: Download", "remote: ExtractMetadata", "remote: Rechunk", "remote: Verify");
        pipeline.Problems.Should().BeEmpty();
        File.ReadAllBytes(pipeline.RemoteFile).Should().Equal(served);
    }

    [Fact]
    public async Task A_lock_file_that_a_colleague_changed_brings_what_it_names()
    {
        await StartAsync();
        var before = File.ReadAllBytes(pipeline.RemoteFile);
        var served = TiffVolume.Make(4, 40, 50, seed: 3);
        var locked = File.ReadAllText(pipeline["pipeline.lock.json"]);
        var entry = JsonNode.Parse(locked)!["datasets"]!["remote"]!["objects"]![0]!;
        File.WriteAllText(pipeline["pipeline.lock.json"], locked
            .Replace((string)entry["sha256"]!, Convert.ToHexStringLower(SHA256.HashData(served)), StringComparison.Ordinal)
            .Replace(JsonSerializer.Serialize((string)entry["eTag"]!, CanonicalJson.Options), JsonSerializer.Serialize(FileServer.ETag(served), CanonicalJson.Options), StringComparison.Ordinal));

        pipeline.ToDo().Should().Equal("remote: Download");
        await pipeline.RunAsync();
        pipeline.Problems.Should().Contain("has changed since it was locked", "the server has not what the lock file names");
        File.ReadAllBytes(pipeline.RemoteFile).Should().Equal(before, "what cannot be replaced is kept");

        pipeline.Serve(seed: 3);
        (await pipeline.RunAsync()).Should().Contain(["remote: Download", "remote: Verify", "remote: Rechunk"]).And.NotContain("local: Download");
        pipeline.Problems.Should().BeEmpty();
        File.ReadAllBytes(pipeline.RemoteFile).Should().Equal(served);
        (await pipeline.RunAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task Shards_of_a_run_that_was_killed_before_its_ledger_are_not_taken_for_those_of_the_run_before()
    {
        // The same number, shape and lengths of shards and metadata.
        string Crop(int x) => $", codec: raw, crop: {{ shape: [2, 32, 32], origin: [0, 0, {x}] }}";
        await StartAsync();
        pipeline.Configure(remote: Crop(0));
        await pipeline.RunAsync();
        var shard = File.ReadAllBytes(Shard(pipeline));
        var kept = Directory.GetFiles(pipeline.Data.State("remote"), "Rechunk.*").Where(path => !path.EndsWith(".shards", StringComparison.Ordinal)).ToDictionary(path => path, File.ReadAllBytes);
        pipeline.Configure(remote: Crop(9));
        await pipeline.RunAsync();
        File.ReadAllBytes(Shard(pipeline)).Should().NotEqual(shard);
        foreach (var (path, bytes) in kept)
            File.WriteAllBytes(path, bytes);

        pipeline.Configure(remote: Crop(0));
        await pipeline.RunAsync();
        pipeline.Problems.Should().BeEmpty();
        File.ReadAllBytes(Shard(pipeline)).Should().Equal(shard);
    }

    private static string Shard(SmallPipeline p) => Directory.GetFiles(p.Data.Zarr("remote"), "0", SearchOption.AllDirectories).Order(StringComparer.Ordinal).First();

    private static void SetTimes(SmallPipeline p, string pattern, int year)
    {
        foreach (var file in Directory.GetFiles(p["data/state"], pattern, SearchOption.AllDirectories))
            File.SetLastWriteTimeUtc(file, new DateTime(year, 1, 1, 0, 0, 0, DateTimeKind.Utc));
    }

    /// <summary>Brings everything to where a plain run leaves it.</summary>
    private async Task StartAsync()
    {
        pipeline.Configure();
        pipeline.WriteSection(1, seed: 1);
        await pipeline.RunAsync();
        pipeline.Problems.Should().BeEmpty();
        (await pipeline.RunAsync()).Should().BeEmpty();
    }
}
