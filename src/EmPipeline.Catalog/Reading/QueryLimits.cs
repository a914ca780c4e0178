namespace EmPipeline.Catalog;

/// <summary>What one question may take. The database takes at most 1 GiB besides, on one thread.</summary>
public sealed record QueryLimits
{
    /// <summary>Until the last row. A minute unless set.</summary>
    public TimeSpan Time { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>More rows are an error. 100 million blocks or a million rows of other queries unless set.</summary>
    public long? Rows { get; init; }
}
