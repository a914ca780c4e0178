using EmPipeline.Volumes;

namespace EmPipeline.Formats.Hdf5;

/// <summary>A dataset that is a volume.</summary>
/// <param name="Chunked">Its elements lie in chunks.</param>
/// <param name="Start">The file's byte at which its elements lie one after another; null when PureHDF has to find them.</param>
internal sealed record Hdf5Volume(string Path, VolumeInfo Info, Hdf5Element Element, bool Chunked, long? Start);
