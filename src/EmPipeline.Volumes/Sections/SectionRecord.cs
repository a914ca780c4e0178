namespace EmPipeline.Volumes.Sections;

/// <summary>
/// What is known of one section, a plane across z, of the finest level. Null where there is no finite voxel, or nothing to compare with.
/// Mean, blank share and sharpness are of the first four of every sixteen rows of a patch, the others of an even sample: a voxel of each patch.
/// </summary>
/// <param name="Index">Along z, in voxels of the finest level.</param>
/// <param name="BlankShare">The share of voxels in patches of one value only, 0 to 1.</param>
/// <param name="LowShare">The share of voxels of the least value of the volume, 0 to 1: large where it is cut off.</param>
/// <param name="HighShare">The share of voxels of its largest value.</param>
/// <param name="Sharpness">Gradient energy: the mean square of what neighbours differ by, in the section averaged two by two, in grey values squared.</param>
/// <param name="Correlation">With the section before.</param>
/// <param name="ShiftY">How far its content lies from that of the section before, along y, in voxels, by phase correlation.</param>
/// <param name="ShiftX">The same along x.</param>
public sealed record SectionRecord(
    long Index, double? Mean, double? StandardDeviation, double? P1, double? P5, double? P25, double? P50, double? P75, double? P95, double? P99,
    double? BlankShare, double? LowShare, double? HighShare, double? Sharpness, double? Correlation, double? ShiftY, double? ShiftX, SectionFlags Flags);
