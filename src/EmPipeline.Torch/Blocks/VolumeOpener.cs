using EmPipeline.Volumes;

namespace EmPipeline.Torch.Blocks;

/// <summary>Opens a Zarr array.</summary>
internal delegate ValueTask<(IVolumeReader Reader, IAsyncDisposable? Store)> VolumeOpener(StoredArray array, CancellationToken cancellation);
