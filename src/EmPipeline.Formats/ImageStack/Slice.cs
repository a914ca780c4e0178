using EmPipeline.Volumes;

namespace EmPipeline.Formats.ImageStack;

/// <summary>One file of a stack. There may be a million: what slices have in common is in their <see cref="SliceForm"/>.</summary>
/// <param name="Kept">Its open reader; null for a slice that is opened for each read.</param>
internal sealed record Slice(string FileName, SliceForm Form, IVolumeReader? Kept);
