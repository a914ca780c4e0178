using PureHDF;

namespace EmPipeline.Formats.Hdf5;

/// <summary>A group and those around it, the root last.</summary>
internal sealed record Hdf5Groups(Hdf5Groups? Outer, string Path, IH5Group Group);
