using EmPipeline.Volumes;

namespace EmPipeline.Catalog;

/// <summary>One block that a query chose: the array it lies in and its first voxel (z, y, x).</summary>
/// <param name="Path">The Zarr array's full path on this machine.</param>
public readonly record struct BlockRef(string Dataset, string Path, int Level, NdIndex Origin)
{
    /// <summary>"hemibrain s0 [128, 0, 256]", as in messages to people.</summary>
    public override string ToString() => $"{Dataset} s{Level} [{Origin[0]}, {Origin[1]}, {Origin[2]}]";
}
