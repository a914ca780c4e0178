using EmPipeline.Formats;
using EmPipeline.Stages.Labels;
using EmPipeline.Stages.Metadata;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Zarr;

namespace EmPipeline.Stages.Rechunk;

/// <summary>Counts what a label that is written says of its chunks and of its image's blocks.</summary>
internal static class LabelCounts
{
    /// <summary>Where the label's image lies: its blocks are counted.</summary>
    public static IEnumerable<(string Name, string? Value)> Inputs(DatasetDefinition dataset, DataFolder data)
    {
        yield return ("imageFrame", dataset.Label is { } label ? ImageFrame.Of(data, label.Image)?.Text : null);
    }

    /// <summary>Writes <see cref="DataFolder.LabelStatistics"/>, and says which classes do not occur.</summary>
    public static async Task WriteAsync(StageContext context, MetadataResult described, CancellationToken cancellation)
    {
        var label = context.Dataset.Label!;
        var frame = ImageFrame.Require(context.Data, label.Image);
        await using var store = new LocalStore(context.Zarr);
        var readers = await FormatRegistry.OpenAsync(new VolumePath(store, "s0"), cancellation: cancellation);
        await using var finest = readers.Single();
        var centre = described.LabelCentreNm!;
        var totals = await LabelStatistics.WriteAsync(
            finest, context.Dataset.Output.Chunk, label.Scheme, VoxelGrid.Of(finest.Info.Shape, described.VoxelSize, (centre[0], centre[1], centre[2])),
            VoxelGrid.Of(frame.RegionShape, new VoxelSize(frame.VoxelSizeNm[0], frame.VoxelSizeNm[1], frame.VoxelSizeNm[2]), default),
            label.ImageBlock, context.Data.LabelStatistics(context.Dataset.Name), context.Threads, cancellation);
        foreach (var (absent, _) in totals.Classes.Where(entry => entry.Value == 0).OrderBy(entry => entry.Key, StringComparer.Ordinal))
            context.Warn($"{context.Dataset.Place}: got no voxel of class {absent}, expected some. Check its values; where it is just not in this part of the image, all is well.");
        if (totals.Known == 0)
            context.Warn($"{context.Dataset.Place}: got {totals.Voxels} voxels that are all unknown, expected some that were looked at.");
    }
}
