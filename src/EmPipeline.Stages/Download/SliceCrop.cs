using EmPipeline.Formats;
using EmPipeline.Formats.ImageStack;
using EmPipeline.Stages.Configuration;
using EmPipeline.Volumes;
using EmPipeline.Zarr;

namespace EmPipeline.Stages.Download;

/// <summary>The part of a stack of files that a crop needs, where each file is one slice.</summary>
/// <param name="Files">The slices of the box, in order.</param>
/// <param name="Crop">Its origin in the whole stack, and where in it the files begin.</param>
internal sealed record SliceCrop(IReadOnlyList<RemoteFile> Files, ChosenCrop Crop)
{
    /// <summary>
    /// Chooses the slices, having looked at the header of one. Null when all files are needed: there is no crop, the files are no slices,
    /// or it takes their voxels to tell where tissue is.
    /// </summary>
    /// <exception cref="EmException">The crop lies outside the stack.</exception>
    public static async ValueTask<SliceCrop?> ChooseAsync(
        StageContext context, IReadOnlyList<RemoteFile> files, LockedDataset? locked, CancellationToken cancellation)
    {
        if (context.Dataset.Crop is not { } crop || crop is { Origin: null, Tissue: > 0 } || files.Count < 2)
            return null;
        if (SliceOrder.Of(files.Select(file => file.Key).ToList()) is not { } order)
            return null;
        var byName = files.ToDictionary(file => file.Key, StringComparer.Ordinal);
        var ordered = order.Select(name => byName[name]).ToList();
        if (locked?.Crop is { } earlier && !context.UpdateLock)
            return earlier.FilesFrom is null ? null : Of(ordered, earlier);
        if (await SliceShapeAsync(context.Dataset, ordered[0], cancellation) is not { } slice)
            return null;
        var stack = new NdIndex(ordered.Count, slice[1], slice[2]);
        var chosen = crop.Origin is { } origin ? new ChosenCrop(origin, crop.Shape) : CropChoice.Uniform(crop, Box.Whole(stack));
        CropChoice.Check(context.Dataset, new Box(chosen.Origin, chosen.Shape), stack);
        return Of(ordered, chosen);
    }

    private static SliceCrop Of(List<RemoteFile> ordered, ChosenCrop crop) =>
        new(ordered.GetRange((int)crop.Origin[0], (int)crop.Shape[0]), crop with { FilesFrom = new NdIndex(crop.Origin[0], 0, 0) });

    private static async ValueTask<NdIndex?> SliceShapeAsync(DatasetConfig dataset, RemoteFile file, CancellationToken cancellation)
    {
        IReadOnlyList<IVolumeReader> arrays = [];
        try
        {
            arrays = await FormatRegistry.OpenAsync(new VolumePath(file.Store, file.StoreKey), cancellation: cancellation);
            return arrays is [var only] && ZyxView.Of(only, dataset.Select).Info.Shape is var shape && shape[0] == 1 ? shape : null;
        }
        catch (EmException e) when (e.Fault is Fault.Unsupported or Fault.Corrupt)
        {
            // No slice that could be told from its header; what is wrong with it is said once it is read.
            return null;
        }
        finally
        {
            foreach (var array in arrays)
                await array.DisposeAsync();
        }
    }
}
