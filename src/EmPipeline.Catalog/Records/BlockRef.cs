using EmPipeline.Volumes;

namespace EmPipeline.Catalog;

/// <summary>The array that chosen blocks lie in, as the catalogue describes it.</summary>
/// <param name="Path">The Zarr array's full path on this machine, or its address.</param>
/// <param name="Block">The extent of a block, z, y, x; at the far edges the volume ends before it.</param>
public sealed record BlockVolume(string Dataset, string Path, int Level, NdIndex Block);

/// <summary>One block that a query chose: its array and its first voxel. Small, since there may be 10⁷.</summary>
public readonly record struct BlockRef(BlockVolume Volume, long Z, long Y, long X)
{
    public string Dataset => Volume.Dataset;

    public string Path => Volume.Path;

    public int Level => Volume.Level;

    /// <summary>The first voxel, z, y, x.</summary>
    public NdIndex Origin => new(Z, Y, X);

    /// <summary>"hemibrain s0 [128, 0, 256]", as in messages to people.</summary>
    public override string ToString() => $"{Dataset} s{Level} [{Z}, {Y}, {X}]";
}
