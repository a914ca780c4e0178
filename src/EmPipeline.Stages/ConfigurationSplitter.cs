using System.Text;
using System.Text.Json.Nodes;
using EmPipeline.Stages.Configuration;
using EmPipeline.Stages.Ledgers;
using EmPipeline.Storage;

namespace EmPipeline.Stages;

/// <summary>Splits <c>pipeline.yaml</c> into one input file a dataset and stage, rewritten only when its content differs.</summary>
public static class ConfigurationSplitter
{
    /// <param name="only">Names of the datasets to run; empty for all.</param>
    /// <returns>The datasets to run, and the files that the catalogue is made of.</returns>
    public static async Task<(IReadOnlyList<string> Datasets, IReadOnlyList<string> CatalogInputs)> RunAsync(
        string configPath, DataFolder data, IReadOnlyList<string> only, CancellationToken cancellation)
    {
        var config = ConfigReader.Read(configPath);
        foreach (var name in only)
            config.Dataset(name);
        foreach (var dataset in config.Datasets)
        {
            foreach (var stage in Enum.GetValues<StageName>())
                await WriteIfChangedAsync(data.InputsFile(dataset.Name, stage), CanonicalJson.Text(StageInputs.Of(dataset, stage)), cancellation);
        }

        await WriteIfChangedAsync(data.CatalogInputs, CanonicalJson.Text(CatalogInputs(config)), cancellation);
        // The catalogue is made of the ledgers that are there; one that appears later is newer than the catalogue.
        var ledgers = config.Datasets.SelectMany(dataset => new[] { StageName.ExtractMetadata, StageName.Rechunk }.Select(stage => data.LedgerFile(dataset.Name, stage)));
        return (
            config.Datasets.Select(dataset => dataset.Name).Where(name => only.Count == 0 || only.Contains(name)).ToList(),
            [data.CatalogInputs, .. ledgers]);
    }

    /// <summary>What the catalogue depends on besides the ledgers.</summary>
    internal static JsonObject CatalogInputs(PipelineConfig config) => new()
    {
        ["version"] = Catalog.CatalogStage.Version,
        ["datasets"] = new JsonArray([.. config.Datasets.Select(dataset => JsonValue.Create(dataset.Name))]),
    };

    private static async Task WriteIfChangedAsync(string path, string text, CancellationToken cancellation)
    {
        if (!File.Exists(path) || await File.ReadAllTextAsync(path, cancellation) != text)
            await AtomicFile.WriteAsync(path, Encoding.UTF8.GetBytes(text), cancellation: cancellation);
    }
}
