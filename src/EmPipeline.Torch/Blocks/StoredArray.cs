using EmPipeline.Catalog;

namespace EmPipeline.Torch.Blocks;

/// <summary>A Zarr array that is to be read.</summary>
/// <param name="Path">Of this machine, or an address.</param>
/// <param name="Shards">Which of its shards have to be there; null: nothing is known.</param>
internal readonly record struct StoredArray(string Path, StoredShards? Shards = null);
