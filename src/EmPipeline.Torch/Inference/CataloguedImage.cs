using EmPipeline.Catalog;
using EmPipeline.Storage;

namespace EmPipeline.Torch.Inference;

/// <summary>The image that a prediction is of, as the catalogue knows it: predicted labels are counted by its blocks.</summary>
/// <param name="Finest">Its level 0.</param>
/// <param name="Shards">SHA-256 of its table of shards.</param>
internal sealed record CataloguedImage(VolumeRecord Finest, string Shards)
{
    /// <summary>Null where the image has no table of shards, or voxels of unknown size: no label of it can be catalogued.</summary>
    public static async Task<CataloguedImage?> OfAsync(VolumeRecord finest, string table, CancellationToken cancellation) =>
        finest.VoxelSize.IsKnown && File.Exists(table) ? new(finest, await FileHash.Sha256Async(table, cancellation: cancellation)) : null;
}
