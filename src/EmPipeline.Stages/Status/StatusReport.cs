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
            string? before = null;
            foreach (var stage in Stage.All)
            {
                var reason = run.Staleness.ReasonToRun(definition, stage) ?? (before is null ? null : $"{before} will run before it");
                rows.Add(new StatusRow(dataset.Name, stage.Name, reason));
                before = reason is null ? null : stage.Name;
            }
        }

        var stale = rows.FirstOrDefault(row => !row.UpToDate);
        rows.Add(new StatusRow(
            "(all)", "Catalog", stale is null ? CatalogPlan.Of(run).ReasonToRun(run.Data) : $"{stale.Stage} of {stale.Dataset} will run before it"));
        return rows;
    }
}
