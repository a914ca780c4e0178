using EmPipeline.Volumes;
using EmPipeline.Volumes.Labels;
using EmPipeline.Zarr.Labels;

namespace EmPipeline.Zarr;

/// <summary>
/// Counts what a label says of places: by inner chunk of its level 0 the voxels of each class, and by block of its image the voxels of each class and
/// those that somebody looked at; of instances also the different objects, exact to 64 bits.
/// </summary>
public static class LabelStatistics
{
    /// <summary>Reads the label once and writes <paramref name="path"/>, which is there when it is whole. Memory does not depend on the label's extent.</summary>
    /// <param name="label">The label's level 0, integers, axes z, y, x; not disposed.</param>
    /// <param name="chunk">The unit in which it is counted, z, y, x: its inner chunk.</param>
    /// <param name="grid">Where the label's voxels lie.</param>
    /// <param name="image">Where those of its image's level 0 lie.</param>
    /// <param name="block">The image's block, z, y, x.</param>
    /// <param name="threads">0: one a core.</param>
    /// <exception cref="EmException">The label cannot be read, has voxels that are no integers, or the disk refuses.</exception>
    public static Task<LabelTotals> WriteAsync(
        IVolumeReader label, NdIndex chunk, LabelScheme scheme, VoxelGrid grid, VoxelGrid image, NdIndex block, string path, int threads = 0, CancellationToken cancellation = default) =>
        WriteAsync(label, chunk, scheme, grid, image, block, path, threads, LabelCount.UsualTile, cancellation);

    /// <param name="tile">Label voxels along an axis that are counted together.</param>
    internal static async Task<LabelTotals> WriteAsync(
        IVolumeReader label, NdIndex chunk, LabelScheme scheme, VoxelGrid grid, VoxelGrid image, NdIndex block, string path, int threads, long tile, CancellationToken cancellation)
    {
        if (label.Info.Type.IsFloat())
            throw EmException.Unsupported(label.Info.Name, $"labels of {label.Info.Type.Name()}: labels are integers");
        if (grid.Shape != label.Info.Shape)
            throw new ArgumentException($"grid: got {grid.Shape}, expected the label's {label.Info.Shape}.", nameof(grid));
        path = Path.GetFullPath(path);
        LabelCuts[] cuts = [.. Enumerable.Range(0, 3).Select(axis => new LabelCuts(grid[axis], image[axis], block[axis]))];
        try
        {
            using var writer = new LabelStatisticsWriter(path, LabelStatisticsHeader.Of(grid.Shape, chunk, image.Shape, block, scheme), cuts);
            var totals = await new LabelCount(label, chunk, scheme, cuts, writer, tile).RunAsync(threads, cancellation);
            writer.Finish();
            return totals;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new EmException(Fault.Machine, $"{path}: {error.Message} Check free space and permissions, then run again.", error);
        }
    }
}
