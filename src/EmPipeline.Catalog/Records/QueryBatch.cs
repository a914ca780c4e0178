namespace EmPipeline.Catalog;

/// <summary>Some rows of a query as they are made; the first batch of each has the columns, and may have no row.</summary>
/// <param name="Columns">Their names, in order; names may repeat.</param>
/// <param name="Rows">A value a column, as DuckDB gives it; null is null.</param>
public sealed record QueryBatch(IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<object?>> Rows);
