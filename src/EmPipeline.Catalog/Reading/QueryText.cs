namespace EmPipeline.Catalog.Reading;

/// <summary>SQL as text: what of it counts.</summary>
internal static class QueryText
{
    /// <summary>
    /// <paramref name="query"/> without the white space, comments and semicolons around it, so that it can stand within another. Semicolons and
    /// comments within it, or within quotes, stay.
    /// </summary>
    public static string Trim(string query)
    {
        var (first, end) = (-1, 0);
        for (var at = 0; at < query.Length;)
        {
            var next = Next(query, at, out var counts);
            if (counts)
                (first, end) = (first < 0 ? at : first, next);
            at = next;
        }

        return first < 0 ? "" : query[first..end];
    }

    /// <summary>Where the letter, quoted text or comment at <paramref name="at"/> ends. What is opened and never closed counts: DuckDB says so.</summary>
    private static int Next(string query, int at, out bool counts)
    {
        counts = false;
        var letter = query[at];
        if (char.IsWhiteSpace(letter) || letter == ';')
            return at + 1;
        if (StartsAt(query, at, "--"))
            return query.IndexOf('\n', at) is var line and >= 0 ? line + 1 : query.Length;
        if (StartsAt(query, at, "/*"))
        {
            var comment = CommentEnd(query, at);
            counts = comment < 0;
            return counts ? query.Length : comment;
        }

        counts = true;
        return letter switch
        {
            '\'' or '"' => query.IndexOf(letter, at + 1) is var quote and >= 0 ? quote + 1 : query.Length,
            '$' when DollarQuote(query, at) is { } tag => query.IndexOf(tag, at + tag.Length, StringComparison.Ordinal) is var close and >= 0 ? close + tag.Length : query.Length,
            _ => at + 1,
        };
    }

    /// <summary>Comments of this kind lie within each other.</summary>
    private static int CommentEnd(string query, int at)
    {
        var depth = 0;
        for (; at < query.Length - 1; at++)
        {
            if (StartsAt(query, at, "/*"))
                (depth, at) = (depth + 1, at + 1);
            else if (StartsAt(query, at, "*/") && --depth is var rest)
            {
                at++;
                if (rest == 0)
                    return at + 1;
            }
        }

        return -1;
    }

    /// <summary>"$$" or "$tag$", with which a text may begin and end; null where this dollar is none of that.</summary>
    private static string? DollarQuote(string query, int at)
    {
        var end = at + 1;
        while (end < query.Length && (char.IsAsciiLetterOrDigit(query[end]) || query[end] == '_'))
            end++;
        return end < query.Length && query[end] == '$' ? query[at..(end + 1)] : null;
    }

    private static bool StartsAt(string query, int at, string text) => string.CompareOrdinal(query, at, text, 0, text.Length) == 0;
}
