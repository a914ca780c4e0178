namespace EmPipeline.Formats.ImageStack;

/// <summary>Finds numbers that are missing, or there twice, in the names of a stack's slices.</summary>
internal static class SliceGaps
{
    private const int MostListed = 20;

    /// <summary>A sentence on what is missing; null when the numbering is even, or names carry no one running number.</summary>
    public static string? Find(IReadOnlyList<SliceName> names)
    {
        if (names.Count < 2 || names.Any(name => name.Template != names[0].Template))
            return null;
        var numbers = names.Select(name => name.Numbers).ToList();
        var running = Enumerable.Range(0, numbers[0].Count).Where(field => numbers.Any(slice => slice[field] != numbers[0][field])).ToList();
        if (running is not [var index] || numbers.Any(slice => slice[index] is null))
            return numbers[0].Count > 0 && running.Count == 0 ? "several names differ only in leading zeros" : null;
        var sorted = numbers.Select(slice => slice[index]!.Value).Order().ToList();
        var steps = sorted.Zip(sorted.Skip(1), (low, high) => high - low).ToList();
        if (steps.Contains(0))
            return $"number {sorted[steps.IndexOf(0)]} is there more than once";
        // Every second or tenth slice is a stack, too: the smallest step is the rule.
        var step = steps.Min();
        var gaps = new List<string>();
        var missing = 0L;
        for (var i = 0; i < steps.Count; i++)
        {
            if (steps[i] == step)
                continue;
            missing += ((steps[i] - 1) / step);
            var (first, last) = (sorted[i] + step, sorted[i + 1] - 1);
            gaps.Add(steps[i] <= 2 * step ? $"{first}" : $"{first} to {last}");
        }

        if (gaps.Count == 0)
            return null;
        var listed = string.Join(", ", gaps.Take(MostListed)) + (gaps.Count > MostListed ? $" and {gaps.Count - MostListed} more gaps" : "");
        return $"{missing} missing: {listed}";
    }
}
