using System.Text;
using EmPipeline.Catalog;
using EmPipeline.Stages.Configuration;
using EmPipeline.Stages.Ledgers;
using EmPipeline.Storage;

namespace EmPipeline.Stages.Catalog;

/// <summary>Builds the catalogue from the ledgers of the datasets that came through; nothing else is read.</summary>
public static class CatalogStage
{
    /// <summary>Rises when the same ledgers would make another catalogue.</summary>
    internal const int Version = 1;

    public static async Task<StageOutcome> RunAsync(PipelineConfig config, DataFolder data, CancellationToken cancellation)
    {
        var complete = config.Datasets.Select(dataset => CatalogSource.Read(dataset, data)).OfType<CatalogSource>()
            .OrderBy(source => source.Name, StringComparer.Ordinal).ToList();
        var blocks = 0L;
        await CatalogBuilder.BuildAsync(
            new CatalogContent
            {
                Datasets = complete.Select(source => source.Metadata.Dataset).ToList(),
                Volumes = complete.SelectMany(source => source.Volumes).ToList(),
                Files = complete.SelectMany(source => source.Files),
                Metadata = complete.SelectMany(source => source.Metadata.Metadata).ToList(),
                Conflicts = complete.SelectMany(source => source.Metadata.Conflicts).ToList(),
                Blocks = BlocksAsync(),
            },
            data.Catalog,
            cancellation);

        // Just these: other files in the folder are somebody else's.
        var files = await FileList.WriteAsync(
            data.CatalogFileList,
            CatalogBuilder.Files.Select(name => Path.Combine(data.Catalog, name)).Select(path => new LedgerFile(data.Relative(path), new FileInfo(path).Length)),
            cancellation);
        var ledger = new Ledger
        {
            Stage = "Catalog",
            Inputs = ConfigurationSplitter.CatalogInputs(config),
            Upstream = new Dictionary<string, string>(),
            Files = files,
        };
        await AtomicFile.WriteAsync(data.CatalogLedger, Encoding.UTF8.GetBytes(CanonicalJson.Text(ledger)), cancellation: cancellation);
        return new StageOutcome(files.Bytes, $"{complete.Count} datasets, {blocks} blocks in {data.Catalog}; open report.html there");

        async IAsyncEnumerable<BlockRow> BlocksAsync()
        {
            foreach (var source in complete)
            {
                await foreach (var block in source.BlocksAsync())
                {
                    blocks++;
                    yield return block;
                }
            }
        }
    }
}
