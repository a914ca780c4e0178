using PureHDF.VOL.Native;

namespace EmPipeline.Formats.Hdf5;

/// <summary>A dataset, and the groups that it lies in.</summary>
internal sealed record Hdf5Found(string Path, NativeDataset Dataset, Hdf5Groups Groups);
