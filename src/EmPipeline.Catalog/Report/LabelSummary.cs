namespace EmPipeline.Catalog.Report;

/// <summary>One class of a label over all blocks of its image.</summary>
/// <param name="Known">Annotated label voxels, of whatever class or background.</param>
/// <param name="Voxels">Those of the class.</param>
internal sealed record LabelSummary(string Dataset, string Origin, string Label, string Class, long Known, long Voxels);
