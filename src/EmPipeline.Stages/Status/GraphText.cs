using System.Text;

namespace EmPipeline.Stages.Status;

/// <summary>The graph as text: a line a dataset, and a line for each reason to run.</summary>
public static class GraphText
{
    public static string Of(IReadOnlyList<GraphNode> nodes)
    {
        var width = nodes.Max(node => node.Row.Dataset.Length);
        var text = new StringBuilder();
        foreach (var dataset in nodes.GroupBy(node => node.Row.Dataset))
        {
            var chain = string.Join(" → ", dataset.Select(node => $"{Mark(node.Row)} {node.Row.Stage}"));
            var others = dataset.SelectMany(node => node.After.Where(before => before.Dataset != node.Row.Dataset).Select(before => (node.Row.Stage, Before: before))).ToList();
            var after = dataset.First().After.Count > 1 || others.Count == 0 ? "" : "   (" + string.Join(", ", others.Select(other => $"{other.Stage} after {other.Before.Stage} of {other.Before.Dataset}")) + ")";
            text.Append("  ").Append(dataset.Key.PadRight(width)).Append("  ").Append(chain).Append(after).Append('\n');
            foreach (var why in dataset.Where(node => node.Row is { UpToDate: false, Waits: false }).GroupBy(node => node.Row.Reason))
                text.Append("  ").Append(' ', width).Append("    ").AppendJoin(", ", why.Select(node => node.Row.Stage)).Append(": ").Append(why.Key).Append('\n');
        }

        return text.Append("  ✓ up to date   ✗ to do   ? if what it follows makes something else").ToString();
    }

    private static char Mark(StatusRow row) => row.UpToDate ? '✓' : row.Waits ? '?' : '✗';
}
