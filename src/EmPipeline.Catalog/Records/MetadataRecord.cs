namespace EmPipeline.Catalog;

/// <summary>One stated value of one field, with the place that states it. All are kept; one for each field is chosen.</summary>
/// <param name="Field">As in <see cref="Consolidation.Fields"/>: "voxel_size_z_nm".</param>
/// <param name="Value">In the field's own unit and form, invariant culture.</param>
/// <param name="Unit">The unit of <paramref name="Value"/>; null where there is none.</param>
/// <param name="Stated">The value and unit as the origin writes them.</param>
/// <param name="Origin">File tag, API field, page or configuration key.</param>
/// <param name="Chosen">Whether this is the value that the dataset goes by.</param>
public sealed record MetadataRecord(
    string Dataset, string Field, string Value, string? Unit, string Stated, string Origin, bool Chosen);
