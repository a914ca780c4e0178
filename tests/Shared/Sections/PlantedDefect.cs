using EmPipeline.Volumes.Sections;

namespace EmPipeline.Tests;

/// <summary>A defect at a known place.</summary>
/// <param name="Kind">What was done to it, one of <see cref="PlantedDefects.Kinds"/>.</param>
/// <param name="Flag">What it is to be flagged as.</param>
/// <param name="Index">The section.</param>
internal sealed record PlantedDefect(string Kind, SectionFlags Flag, int Index);
