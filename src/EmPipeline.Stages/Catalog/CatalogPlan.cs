using System.Text.Json.Nodes;
using EmPipeline.Catalog;
using EmPipeline.Stages.Ledgers;

namespace EmPipeline.Stages.Catalog;

/// <summary>
/// What a catalogue is made of: every complete dataset of the data folder, whichever configuration made it, and the names of the others.
/// A dataset of another configuration is complete by the definition that was last run. Labels that Predict left beside a complete dataset are in it too.
/// </summary>
public sealed class CatalogPlan
{
    private CatalogPlan(IReadOnlyList<DatasetDefinition> complete, IReadOnlyList<LeftOutRecord> leftOut, IReadOnlyList<PredictedSource> predicted, JsonObject inputs) =>
        (Complete, LeftOut, Predicted, Inputs) = (complete, leftOut, predicted, inputs);

    public IReadOnlyList<DatasetDefinition> Complete { get; }

    /// <summary>The datasets that are not in it, and why.</summary>
    public IReadOnlyList<LeftOutRecord> LeftOut { get; }

    /// <summary>What Predict found in the complete datasets.</summary>
    internal IReadOnlyList<PredictedSource> Predicted { get; }

    /// <summary>What the catalogue follows from.</summary>
    internal JsonObject Inputs { get; }

    internal static CatalogPlan Of(PipelineRun run)
    {
        var complete = new List<DatasetDefinition>();
        var leftOut = new List<LeftOutRecord>();
        foreach (var dataset in Definitions(run))
        {
            if (dataset.Configuration == run.Configuration.Path && run.Configuration.Units.All(known => known.Name != dataset.Name))
                leftOut.Add(new LeftOutRecord(dataset.Name, dataset.Configuration, null, $"{Path.GetFileName(dataset.Configuration)} no longer names it"));
            else if (run.Staleness.FirstStale(dataset) is var (stage, reason))
                leftOut.Add(new LeftOutRecord(dataset.Name, dataset.Configuration, stage.Name, reason));
            else if (dataset.Label is { } label && complete.All(image => image.Name != label.Image))
                leftOut.Add(new LeftOutRecord(dataset.Name, dataset.Configuration, null, $"its image {label.Image} is not in it"));
            else
                complete.Add(dataset);
        }

        var predicted = complete.Where(dataset => dataset.Label is null).SelectMany(dataset => PredictionsOf(dataset, complete, leftOut, run.Data)).ToList();
        return new CatalogPlan(complete, leftOut, predicted, InputsOf(complete, leftOut, predicted, run.Data));
    }

    /// <summary>Why the catalogue has to be built; null when it is up to date.</summary>
    internal string? ReasonToRun(DataFolder data)
    {
        if (Ledger.Read(data.CatalogLedger) is not { } ledger)
            return "it has not run yet";
        return StageInputs.Difference(ledger.Inputs, Inputs) ?? LedgerFiles.ReasonToRun(ledger, data);
    }

    /// <summary>Which dataset has been made anew since this was planned; null for none.</summary>
    internal string? ReasonToPlanAgain(DataFolder data) => Complete
        .Where(dataset => Stage.All.Any(stage => Ledger.Read(data.LedgerFile(dataset.Name, stage))?.Product != (string?)Inputs["datasets"]![dataset.Name]![stage.Name]))
        .Select(dataset => $"{dataset.Name} has been made anew").FirstOrDefault();

    private static IEnumerable<DatasetDefinition> Definitions(PipelineRun run)
    {
        var all = DatasetDefinition.Remembered(run.Data).ToDictionary(dataset => dataset.Name);
        foreach (var dataset in run.Configuration.Units)
            all[dataset.Name] = run.OtherOwner(dataset.Name) ?? run.Definition(dataset.Name);
        return all.Values.OrderBy(dataset => dataset.Name, StringComparer.Ordinal);
    }

    private static IReadOnlyList<PredictedSource> PredictionsOf(DatasetDefinition dataset, List<DatasetDefinition> complete, List<LeftOutRecord> leftOut, DataFolder data)
    {
        var (found, others) = PredictedSource.Find(data, dataset.Name, Ledger.Read(data.LedgerFile(dataset.Name, Stage.Rechunk))!.Shards!.Sha256);
        leftOut.AddRange(others.Select(other => new LeftOutRecord($"{dataset.Name}/prediction/{other.Label}", dataset.Configuration, null, other.Why)));
        // A label that the configuration names is that one.
        return [.. found.Where(label => complete.All(other => other.Label is not { } own || (own.Image, own.Origin, own.Name) != label.Name))];
    }

    private static JsonObject InputsOf(List<DatasetDefinition> complete, List<LeftOutRecord> leftOut, List<PredictedSource> predicted, DataFolder data)
    {
        var datasets = new JsonObject();
        foreach (var dataset in complete)
        {
            var made = new JsonObject { ["configuration"] = dataset.Configuration, ["checksum"] = dataset.Keys["checksum"]?.DeepClone() };
            if (dataset.Keys["splits"] is { } splits)
                made["splits"] = splits.DeepClone();
            foreach (var stage in Stage.All)
                made[stage.Name] = Ledger.Read(data.LedgerFile(dataset.Name, stage))!.Product;
            made["attributes"] = Ledger.Read(data.LedgerFile(dataset.Name, Stage.ExtractMetadata))!.Attributes?.Sha256;
            foreach (var label in predicted.Where(label => dataset.Label is null && label.Name.Dataset == dataset.Name))
                made[$"prediction/{label.Name.Label}"] = label.Product;
            datasets[dataset.Name] = made;
        }

        var others = new JsonObject();
        foreach (var dataset in leftOut)
            others[dataset.Dataset] = dataset.Why;
        return (JsonObject)CanonicalJson.Sort(new JsonObject { ["version"] = CatalogStage.Version, ["datasets"] = datasets, ["leftOut"] = others })!;
    }
}
