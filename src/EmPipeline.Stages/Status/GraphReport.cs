using EmPipeline.Stages.Configuration;

namespace EmPipeline.Stages.Status;

/// <summary>The graph that a run would go through: every stage of every dataset and label, what it waits for, and what Status says of it.</summary>
public static class GraphReport
{
    /// <param name="only">Names of the datasets; empty for all.</param>
    /// <returns>In the order of the configuration, stage by stage; the catalogue last.</returns>
    public static IReadOnlyList<GraphNode> Of(PipelineRun run, IReadOnlyList<string> only)
    {
        var rows = StatusReport.Of(run, only);
        var there = rows.Select(row => (row.Dataset, row.Stage)).ToHashSet();
        return rows.Select(row => new GraphNode(row, [.. After(run, row, rows).Where(there.Contains)])).ToList();
    }

    private static IEnumerable<(string Dataset, string Stage)> After(PipelineRun run, StatusRow row, IReadOnlyList<StatusRow> rows)
    {
        var last = Stage.All[^1].Name;
        if (Stage.All.FirstOrDefault(stage => stage.Name == row.Stage) is not { } stage)
            return rows.Where(other => other.Stage == last).Select(other => (other.Dataset, other.Stage));
        // What a stage before it waits for itself is not said twice.
        var before = stage.Upstream.Where(one => !stage.Upstream.Any(other => other.Upstream.Contains(one))).Select(one => (row.Dataset, one.Name));
        return before.Concat(OfOthers(run.Configuration.Dataset(row.Dataset), stage));
    }

    // As build/Dataset.proj has it: labels follow their image, a cut the dataset that it is of.
    private static IEnumerable<(string Dataset, string Stage)> OfOthers(DatasetConfig dataset, Stage stage)
    {
        if (dataset.Label is { } label && stage == Stage.Download)
            yield return (label.Image, Stage.ExtractMetadata.Name);
        if (dataset.Label is { } written && stage == Stage.Rechunk)
            yield return (written.Image, Stage.Rechunk.Name);
        if (dataset.Within is { } whole && stage == Stage.ExtractMetadata)
            yield return (whole.Name, Stage.Verify.Name);
    }
}
