using EmPipeline.Catalog;
using EmPipeline.Stages.Catalog;
using EmPipeline.Stages.Ledgers;

namespace EmPipeline.Stages.Tests.Catalog;

public sealed class CatalogStageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Foreign_files_in_the_catalogue_folder_are_neither_recorded_nor_removed()
    {
        var data = new DataFolder(_folder["data"]);
        Directory.CreateDirectory(Path.Combine(data.Catalog, "plots"));
        File.WriteAllText(Path.Combine(data.Catalog, "notes.txt"), "mine");
        File.WriteAllText(Path.Combine(data.Catalog, "plots", "a.png"), "mine too");

        var config = _folder.Write("pipeline.yaml", "version: 1\ndatasets:\n  a: { source: { file: f } }\n");
        var run = PipelineRun.Open(config, data, _folder["pipeline.lock.json"]);
        await CatalogStage.RunAsync(await run.CheckCatalogAsync(TestContext.Current.CancellationToken), data, _ => { }, TestContext.Current.CancellationToken);

        File.ReadAllText(Path.Combine(data.Catalog, "notes.txt")).Should().Be("mine");
        File.Exists(Path.Combine(data.Catalog, "plots", "a.png")).Should().BeTrue();
        var ledger = Ledger.Read(data.CatalogLedger)!;
        ledger.ReadFiles().Select(file => Path.GetFileName(file.Path)).Should().BeEquivalentTo(CatalogBuilder.Files);
        File.Delete(Path.Combine(data.Catalog, "notes.txt"));
        LedgerFiles.Missing(ledger, data).Count.Should().Be(0);
    }
}
