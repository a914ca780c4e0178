using EmPipeline.Stages.Configuration;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Zarr;
using EmPipeline.Zarr.Chunks;

namespace EmPipeline.Stages.Download;

/// <summary>
/// An array of a Zarr or N5 hierarchy, chunk by chunk: those of the crop, or all where a server cannot list its files. Which objects they
/// are follows from the array's metadata; one that the source does not have holds fill values, there as here.
/// </summary>
internal static class ChunkSource
{
    private const int ObjectsAtATime = 32;

    // What states shape, axes, scales and units, of arrays and of the groups above them.
    private static readonly string[] Metadata = [".zarray", ".zgroup", ".zattrs", ".zmetadata", "zarr.json", "attributes.json"];

    /// <returns>Null when what lies there is no such array.</returns>
    public static async Task<FetchedVolume?> FetchAsync(
        StageContext context, Fetcher fetcher, IStore store, string address, LockedDataset? locked, CancellationToken cancellation)
    {
        var level = context.Dataset.Source.Level ?? "";
        await using var volume = await OpenAsync(context.Dataset, store, level, cancellation);
        if (volume.Array is not IObjectsOfBox array)
            return null;
        var crop = (context.UpdateLock ? null : locked?.Crop) ?? await CropChoice.ChooseAsync(context, volume.Levels, cancellation);
        var box = crop is null ? Box.Whole(volume.Zyx.Info.Shape) : new Box(crop.Origin, crop.Shape);
        var chunks = array.ObjectsOf(volume.InArray(box)).ToHashSet(StringComparer.Ordinal);
        var keys = Groups(new VolumePath(store, volume.ArrayPath)).SelectMany(group => Metadata.Select(group.Child)).Concat(chunks);
        var files = keys.Distinct().Select(key => new RemoteFile(key, address + key, store, key, Optional: true));
        var objects = await fetcher.FetchAsync(files.ToAsyncEnumerable(), ObjectsAtATime, cancellation);
        return new FetchedVolume(objects) { Open = level, Crop = crop, Note = AbsentChunks.Note(context, chunks.Count, objects.Count(entry => chunks.Contains(entry.Key))) };
    }

    /// <summary>The array itself, its group, that group's group … and last the address.</summary>
    private static IEnumerable<VolumePath> Groups(VolumePath array)
    {
        yield return array;
        while (array.Key.Length > 0)
        {
            array = array with { Key = array.Key[..Math.Max(0, array.Key.LastIndexOf('/'))] };
            yield return array;
        }
    }

    // Coarser levels are of use only to judge tissue; without that the array itself is opened, and nothing beside it is asked for.
    private static async ValueTask<SourceVolume> OpenAsync(DatasetConfig dataset, IStore store, string level, CancellationToken cancellation)
    {
        if (level.Length > 0 && dataset.Crop is { Origin: null, Tissue: > 0 })
        {
            try
            {
                return await SourceVolume.OpenAsync(dataset, new VolumePath(new UnlistedStore(store), ""), new VolumePath(store, level).Child(dataset.Volume ?? ""), cancellation);
            }
            catch (EmException e) when (e.Fault is Fault.Unsupported or Fault.Configuration or Fault.Source)
            {
                // No metadata here says which levels belong together.
            }
        }

        return await SourceVolume.OpenAsync(dataset, new VolumePath(store, level), dataset.Volume, cancellation);
    }
}
