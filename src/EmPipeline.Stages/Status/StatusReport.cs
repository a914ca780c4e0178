using System.Text.Json.Nodes;
using EmPipeline.Stages.Configuration;
using EmPipeline.Stages.Ledgers;

namespace EmPipeline.Stages.Status;

/// <summary>Says what a run would do and why, by content: which key changed, which file is missing.</summary>
public static class StatusReport
{
    public static IReadOnlyList<StatusRow> Of(string configPath, DataFolder data, IReadOnlyList<string> only)
    {
        var config = ConfigReader.Read(configPath);
        var datasets = only.Count == 0 ? config.Datasets : only.Select(config.Dataset).ToList();
        var rows = new List<StatusRow>();
        foreach (var dataset in datasets)
        {
            string? before = null;
            foreach (var stage in Enum.GetValues<StageName>())
            {
                var reason = ReasonToRun(dataset, stage, data) ?? (before is null ? null : $"{before} will run before it");
                rows.Add(new StatusRow(dataset.Name, stage.ToString(), reason));
                before = reason is null ? null : stage.ToString();
            }
        }

        rows.Add(new StatusRow("(all)", "Catalog", CatalogReason(config, data, rows)));
        return rows;
    }

    private static string? ReasonToRun(DatasetConfig dataset, StageName stage, DataFolder data)
    {
        if (Ledger.Read(data.LedgerFile(dataset.Name, stage)) is not { } ledger)
            return "it has not run yet";
        if (Difference(ledger.Inputs, StageInputs.Of(dataset, stage), "") is { } difference)
            return difference;
        foreach (var (name, hash) in ledger.Upstream)
        {
            var path = data.LedgerFile(dataset.Name, Enum.Parse<StageName>(name));
            if (!File.Exists(path) || CanonicalJson.Sha256(File.ReadAllText(path)) != hash)
                return $"{name} made something else since";
        }

        return LedgerFiles.Missing(ledger, data) switch
        {
            { Count: 0 } => null,
            { Count: 1, First: [var only] } => $"{data.Relative(only)} is missing or has another length",
            var missing => $"{data.Relative(missing.First[0])} and {missing.Count - 1} more files are missing or have another length",
        };
    }

    private static string? CatalogReason(PipelineConfig config, DataFolder data, List<StatusRow> rows)
    {
        if (Ledger.Read(data.CatalogLedger) is not { } ledger)
            return "it has not run yet";
        if (Difference(ledger.Inputs, (JsonObject)CanonicalJson.Sort(ConfigurationSplitter.CatalogInputs(config))!, "") is { } difference)
            return difference;
        if (rows.FirstOrDefault(row => !row.UpToDate) is { } stale)
            return $"{stale.Stage} of {stale.Dataset} will run before it";
        return LedgerFiles.Missing(ledger, data).First is [var first, ..] ? $"{data.Relative(first)} is missing" : null;
    }

    /// <summary>The first key whose value differs, with both values; null when all are equal.</summary>
    private static string? Difference(JsonNode? was, JsonNode? now, string key)
    {
        if (JsonNode.DeepEquals(was, now))
            return null;
        if (was is JsonObject wasMap && now is JsonObject nowMap)
        {
            return wasMap.Select(pair => pair.Key).Union(nowMap.Select(pair => pair.Key)).Order(StringComparer.Ordinal)
                .Select(name => Difference(wasMap[name], nowMap[name], key.Length == 0 ? name : $"{key}.{name}")).First(text => text is not null);
        }

        return $"{key} changed: was {was?.ToJsonString() ?? "not set"}, is {now?.ToJsonString() ?? "not set"}";
    }
}
