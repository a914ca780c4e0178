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

    [Fact]
    public async Task A_page_in_place_of_an_answer_costs_its_fields_and_says_so()
    {
        var rows = await ExtractAsync("<html><script>alert(1)</script>Down for maintenance</html>", out var run);
        run.Warnings.Should().ContainSingle().Which.Should().Contain("https://www.ebi.ac.uk/empiar/api/entry/EMPIAR-1/").And.Contain("not JSON").And.Contain("--update-lock");
        rows.Attributes.Should().ContainSingle(row => row.Type == "not read").Which.File.Should().EndWith("empiar-entry-1.json");
        rows.Result.Metadata.Should().NotContain(row => row.Origin.StartsWith("EMPIAR", StringComparison.Ordinal)).And.Contain(row => row.Field == "shape_z");
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

    private Task<(IReadOnlyList<FileAttribute> Attributes, MetadataResult Result)> ExtractAsync(string answer, out StageRun run)
    {
        TestVolumes.WriteSlices(_folder["scans"], TestVolumes.Make(new NdIndex(2, 20, 24)), new NdIndex(2, 20, 24));
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
