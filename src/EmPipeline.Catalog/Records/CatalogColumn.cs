namespace EmPipeline.Catalog;

/// <summary>A column of a table or view of a catalogue.</summary>
/// <param name="Type">As DuckDB names it.</param>
/// <param name="Comment">What it means; null where nothing says so.</param>
public sealed record CatalogColumn(string Table, string Name, string Type, string? Comment);
