using EmPipeline.Stages.Ledgers;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Tests.Metadata;

public sealed class AttributeCollectionTests : IDisposable
{
    private static readonly NdIndex Shape = new(5, 20, 24);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_tag_of_every_section_is_listed_and_what_is_equal_once()
    {
        var rows = Read(await ExtractAsync());
        rows.Should().Contain(row => row.Path == "ImageLength" && row.Value == "20" && row.Count == 5 && row.File == null);
        rows.Where(row => row.Path == "ImageWidth").Should().ContainSingle();
    }

    [Fact]
    public async Task A_file_that_is_no_section_is_a_row_that_says_so()
    {
        Directory.CreateDirectory(_folder["scans"]);
        await File.WriteAllTextAsync(_folder["scans/notes.txt"], "from Tuesday", TestContext.Current.CancellationToken);
        var rows = Read(await ExtractAsync());
        rows.Should().ContainSingle(row => row.Type == "not read").Which.File.Should().EndWith("notes.txt");
    }

    [Fact]
    public async Task What_is_listed_is_no_part_of_what_the_stage_made()
    {
        // Or all voxels would be written again for the sake of a tag.
        var first = await ExtractAsync();
        await File.WriteAllTextAsync(_folder["scans/more.txt"], "a", TestContext.Current.CancellationToken);
        var second = await ExtractAsync();
        second.Attributes.Should().NotBe(first.Attributes);
        second.Product.Should().Be(first.Product);
    }

    [Fact]
    public async Task A_list_that_is_gone_is_a_reason_to_run()
    {
        var ledger = await ExtractAsync();
        LedgerFiles.ReasonToRun(ledger, new DataFolder(_folder["data"])).Should().BeNull();
        File.Delete(_folder["data/state/a/ExtractMetadata.attributes.jsonl"]);
        LedgerFiles.ReasonToRun(ledger, new DataFolder(_folder["data"])).Should().Contain("ExtractMetadata.attributes.jsonl is missing");
    }

    private async Task<Ledger> ExtractAsync()
    {
        TestVolumes.WriteSlices(_folder["scans"], TestVolumes.Make(Shape), Shape);
        var run = new StageRun(_folder);
        await run.RunAsync("  a: { source: { file: \"scans\" } }\n", Stage.Download, Stage.Verify, Stage.ExtractMetadata);
        return Ledger.Read(run.Data.LedgerFile("a", Stage.ExtractMetadata))!;
    }

    private static IReadOnlyList<FileAttribute> Read(Ledger ledger) => [.. ledger.ReadAttributes()];
}
