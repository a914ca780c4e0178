using EmPipeline.Stages.Download;
using EmPipeline.Stages.Ledgers;
using EmPipeline.Stages.Metadata;
using EmPipeline.Storage;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Tests.Metadata;

public sealed class RegistryAnswersTests : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FileServer _server = new();

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("<html><script>alert(1)</script>Down for maintenance</html>", "not JSON")]
    [InlineData("{}", "0 members")]
    [InlineData(null, "404 Not Found")]
    public async Task What_is_no_answer_costs_its_fields_and_says_so(string? answer, string reason)
    {
        var rows = await ExtractAsync(answer, out var run);
        run.Warnings.Should().ContainSingle().Which.Should().Contain("https://www.ebi.ac.uk/empiar/api/entry/EMPIAR-1/").And.Contain(reason).And.Contain("--update-lock");
        var why = rows.Attributes.Should().ContainSingle(row => row.Type == "not read").Which;
        why.File.Should().EndWith("empiar-entry-1.json");
        why.Value.Should().Contain(reason);
        rows.Result.Metadata.Should().NotContain(row => row.Origin.StartsWith("EMPIAR", StringComparison.Ordinal)).And.Contain(row => row.Field == "shape_z");
        LockFile.Read(_folder["pipeline.lock.json"]).Datasets.Should().BeEmpty("an error page is not what later runs are held to");
    }

    [Fact]
    public async Task A_registry_that_is_not_there_costs_its_fields()
    {
        TestVolumes.WriteSlices(_folder["scans"], TestVolumes.Make(new NdIndex(2, 20, 24)), new NdIndex(2, 20, 24));
        var run = new StageRun(_folder, new MirrorMap(new Uri($"http://127.0.0.1:{FileServer.FreePort()}/")));
        var rows = await ExtractAsync(run);
        run.Warnings.Should().ContainSingle().Which.Should().Contain("the registry did not answer");
        rows.Result.Metadata.Should().Contain(row => row.Field == "shape_z");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_answer_stays_what_it_was_until_another_is_accepted(bool updateLock)
    {
        await ExtractAsync("""{"EMPIAR-1":{"title":"First"}}""", out _);
        _server.Files["www.ebi.ac.uk/empiar/api/entry/EMPIAR-1/"] = """{"EMPIAR-1":{"title":"Second"}}"""u8.ToArray();
        var run = new StageRun(_folder, new MirrorMap(new Uri(_server.Address("")))) { UpdateLock = updateLock };
        var here = await ExtractAsync(run);
        here.Result.Metadata.Should().Contain(row => row.Field == "title" && row.Value == (updateLock ? "Second" : "First"));

        // On another machine the lock file asks for the first, which nobody has any more.
        Directory.Delete(_folder["data"], recursive: true);
        var there = await ExtractAsync(new StageRun(_folder, new MirrorMap(new Uri(_server.Address("")))));
        there.Result.Metadata.Where(row => row.Field == "title").Select(row => row.Value).Should().Equal(updateLock ? ["Second"] : []);
        there.Attributes.Count(row => row.Value?.Contains("has changed since it was locked", StringComparison.Ordinal) == true).Should().Be(updateLock ? 0 : 1);
        LockFile.Read(_folder["pipeline.lock.json"]).Datasets["a"].Objects.Should().ContainSingle();
    }

    [Fact]
    public async Task A_registry_that_is_down_leaves_the_earlier_answer()
    {
        await ExtractAsync("""{"EMPIAR-1":{"title":"First"}}""", out _);
        _server.Files["www.ebi.ac.uk/empiar/api/entry/EMPIAR-1/"] = "<html>Down</html>"u8.ToArray();
        var run = new StageRun(_folder, new MirrorMap(new Uri(_server.Address("")))) { UpdateLock = true };
        (await ExtractAsync(run)).Result.Metadata.Should().Contain(row => row.Field == "title" && row.Value == "First");
        run.Warnings.Should().ContainSingle().Which.Should().Contain("The earlier answer stays");
    }

    [Fact]
    public async Task Every_field_of_an_answer_is_an_attribute()
    {
        var rows = await ExtractAsync("""{"EMPIAR-1":{"title":"<b>A title</b>","imagesets":[{"pixel_width":80.0,"image_width":"24"}]}}""", out var run);
        run.Warnings.Should().BeEmpty();
        rows.Attributes.Where(row => row.File!.EndsWith("empiar-entry-1.json", StringComparison.Ordinal)).Select(row => (row.Path, row.Type, row.Value)).Should().Equal(
            ("EMPIAR-1.title", "string", "<b>A title</b>"), ("EMPIAR-1.imagesets[0].pixel_width", "number", "80.0"), ("EMPIAR-1.imagesets[0].image_width", "string", "24"));
        rows.Result.Metadata.Should().Contain(row => row.Field == "title" && row.Value == "<b>A title</b>");
    }

    private Task<(IReadOnlyList<FileAttribute> Attributes, MetadataResult Result)> ExtractAsync(string? answer, out StageRun run)
    {
        TestVolumes.WriteSlices(_folder["scans"], TestVolumes.Make(new NdIndex(2, 20, 24)), new NdIndex(2, 20, 24));
        if (answer is not null)
            _server.Files["www.ebi.ac.uk/empiar/api/entry/EMPIAR-1/"] = System.Text.Encoding.UTF8.GetBytes(answer);
        run = new StageRun(_folder, new MirrorMap(new Uri(_server.Address(""))));
        return ExtractAsync(run);
    }

    private static async Task<(IReadOnlyList<FileAttribute> Attributes, MetadataResult Result)> ExtractAsync(StageRun run)
    {
        await run.RunAsync("  a: { source: { file: \"scans\" }, metadata: [ { empiar: 1 } ] }\n", Stage.Download, Stage.Verify, Stage.ExtractMetadata);
        var ledger = Ledger.Read(run.Data.LedgerFile("a", Stage.ExtractMetadata))!;
        return ([.. ledger.ReadAttributes().Where(row => row.File is not null)], ledger.ResultAs<MetadataResult>());
    }
}
