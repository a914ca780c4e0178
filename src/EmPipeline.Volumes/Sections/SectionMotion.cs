namespace EmPipeline.Volumes.Sections;

/// <summary>What a section is to the one before it. NaN where that cannot be said.</summary>
/// <param name="Correlation">Pearson's, of their patches' means.</param>
/// <param name="ShiftY">How far its content lies from that of the one before, along y, in voxels, by phase correlation.</param>
/// <param name="ShiftX">The same along x.</param>
/// <param name="Peak">How high the phase correlation is there.</param>
internal readonly record struct SectionMotion(double Correlation, double ShiftY, double ShiftX, double Peak)
{
    public static SectionMotion Unknown => new(double.NaN, double.NaN, double.NaN, double.NaN);
}
