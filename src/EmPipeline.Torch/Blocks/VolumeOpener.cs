using EmPipeline.Volumes;

namespace EmPipeline.Torch.Blocks;

/// <summary>Opens the Zarr array at a path or address.</summary>
internal delegate ValueTask<(IVolumeReader Reader, IAsyncDisposable? Store)> VolumeOpener(string path, CancellationToken cancellation);
