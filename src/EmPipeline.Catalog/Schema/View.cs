namespace EmPipeline.Catalog.Schema;

/// <summary>A question that is asked often, under a name.</summary>
/// <param name="IsTable">Its answer is kept as a table, since it goes through all blocks.</param>
/// <param name="Columns">What its own columns mean, those of the tables it takes over left out.</param>
internal sealed record View(string Name, string Comment, bool IsTable, string Query, IReadOnlyList<(string Name, string Comment)> Columns);
