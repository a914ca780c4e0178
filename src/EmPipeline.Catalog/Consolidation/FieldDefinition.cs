namespace EmPipeline.Catalog.Consolidation;

/// <param name="Name">Lower-case, with underscores; a unit is the last part of the name.</param>
/// <param name="Unit">The unit in which values are kept; null where there is none.</param>
/// <param name="Description">One sentence, for documentation.</param>
public sealed record FieldDefinition(string Name, FieldKind Kind, string? Unit, string Description)
{
    public bool IsNumeric => Kind is FieldKind.Count or FieldKind.Measure;
}
