using EmPipeline.Stages.Catalog;

namespace EmPipeline.Stages.Status;

/// <summary>Says what a run would do and why: which key changed, which file is missing.</summary>
public static class StatusReport
{
    /// <param name="only">Names of the datasets to report on; empty for all.</param>
    public static IReadOnlyList<StatusRow> Of(PipelineRun run, IReadOnlyList<string> only)
    {
        var rows = new List<StatusRow>();
        foreach (var dataset in run.Select(only))
        {
            var definition = run.Definition(dataset.Name);
            string? first = null;
            foreach (var stage in Stage.All)
            {
                var reason = run.Staleness.ReasonToRun(definition, stage);
                rows.Add(reason is null && first is not null
                    ? new StatusRow(dataset.Name, stage.Name, $"if {first} makes something else", Waits: true)
                    : new StatusRow(dataset.Name, stage.Name, reason));
                first ??= reason is null ? null : stage.Name;
            }
        }

        rows.Add(CatalogRow(run, rows.FirstOrDefault(row => !row.UpToDate)));
        return rows;
    }

    private static StatusRow CatalogRow(PipelineRun run, StatusRow? stale)
    {
        const string all = "(all)", catalog = "Catalog";
        return stale is not null && File.Exists(run.Data.CatalogLedger)
            ? new StatusRow(all, catalog, $"if {stale.Stage} of {stale.Dataset} makes something else", Waits: true)
            : new StatusRow(all, catalog, CatalogPlan.Of(run).ReasonToRun(run.Data));
    }
}
