namespace EmPipeline.Catalog;

/// <summary>What a value of a label means.</summary>
/// <param name="Value">The stored value in decimal digits, exact to 64 bits; null for every value that no other row of the label names.</param>
/// <param name="Class">The class; null for background, and where nothing is known.</param>
/// <param name="Known">False: nobody looked at these voxels, so that they are neither background nor object.</param>
/// <param name="Probabilities">The OME-Zarr folder of its predicted probabilities, relative to the data folder; null where there are none.</param>
public sealed record LabelClassRecord(string Dataset, string Origin, string Label, string? Value, string? Class, bool Known, string? Probabilities = null);
