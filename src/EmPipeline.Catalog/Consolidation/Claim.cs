namespace EmPipeline.Catalog.Consolidation;

/// <summary>One statement about a dataset, as its origin makes it.</summary>
/// <param name="Field">One of <see cref="Fields"/>, or any other name for what has no definition there (it is then plain text).</param>
/// <param name="Value">As stated, invariant culture.</param>
/// <param name="Unit">As stated ("µm", "Å", "kV"); null means the field's own unit.</param>
/// <param name="Origin">The place that states it, for a person to find: "EMPIAR API imagesets[0].pixel_width".</param>
/// <param name="Kind">How far it is believed.</param>
public sealed record Claim(string Field, string Value, string? Unit, string Origin, ClaimKind Kind);
