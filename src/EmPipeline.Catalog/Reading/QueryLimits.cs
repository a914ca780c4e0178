namespace EmPipeline.Catalog;

/// <summary>What one question may take. The database takes at most 1 GiB besides, on one thread.</summary>
public sealed record QueryLimits
{
    /// <summary>Until the last row. A minute unless set.</summary>
    public TimeSpan Time { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>More rows are an error. 100 million blocks or a million rows of other queries unless set.</summary>
    public long? Rows { get; init; }

    /// <summary>
    /// Where set, values that are neither numbers nor truths come as DuckDB writes them, texts cut after so many letters and the whole length told, bytes
    /// as their number: for what people look at. Only rows are asked for so, not blocks.
    /// </summary>
    public int? Letters { get; init; }
}
