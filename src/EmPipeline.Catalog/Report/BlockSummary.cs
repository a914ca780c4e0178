namespace EmPipeline.Catalog.Report;

/// <summary>The full-resolution blocks of one dataset, as the report shows them.</summary>
internal sealed record BlockSummary(string Dataset, long Written, long Empty, Histogram Means, Histogram Contrasts);

/// <summary>Counts in equal bins from <paramref name="Low"/> to <paramref name="High"/>.</summary>
internal sealed record Histogram(double Low, double High, IReadOnlyList<long> Counts);
