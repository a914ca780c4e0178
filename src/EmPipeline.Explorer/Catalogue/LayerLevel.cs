using EmPipeline.Catalog;
using EmPipeline.Volumes;

namespace EmPipeline.Explorer.Catalogue;

/// <summary>One array of a layer. Axes are z, y, x.</summary>
/// <param name="Path">The array's folder, relative to the data folder.</param>
/// <param name="Size">A voxel's edges, nm; null where nothing states them.</param>
/// <param name="Centre">Where the centre of the first voxel lies, against that of the image's at level 0: nm, or voxels of level 0 along an axis of unknown size.</param>
/// <param name="Scale">A voxel's edges in the unit of <paramref name="Centre"/>.</param>
/// <param name="ReadShardsAsync">Which shards have a file.</param>
internal sealed record LayerLevel(
    int Level, string Path, NdIndex Shape, VoxelType Type, double?[] Size, double[] Centre, double[] Scale, Func<CancellationToken, Task<StoredShards?>> ReadShardsAsync);
