namespace EmPipeline.CommandLine;

/// <summary>The name that someone probably meant.</summary>
internal static class Nearest
{
    /// <summary>The name with the fewest letters changed, added, dropped or swapped; null when all are too far off.</summary>
    public static string? To(string got, IEnumerable<string> names)
    {
        var (name, distance) = names.Select(name => (name, Distance(got.ToUpperInvariant(), name.ToUpperInvariant()))).MinBy(pair => pair.Item2);
        return distance <= Math.Max(2, got.Length / 3) ? name : null;
    }

    // Optimal string alignment, row by row.
    private static int Distance(string a, string b)
    {
        var table = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    table[i, j] = i + j;
                    continue;
                }

                var changed = table[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                table[i, j] = Math.Min(changed, 1 + Math.Min(table[i - 1, j], table[i, j - 1]));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    table[i, j] = Math.Min(table[i, j], table[i - 2, j - 2] + 1);
            }
        }

        return table[a.Length, b.Length];
    }
}
