using EmPipeline.Formats;
using EmPipeline.Formats.Precomputed;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Zarr;

namespace EmPipeline.Stages.Download;

/// <summary>A precomputed volume, or the crop of it that the configuration asks for, as compact shards in the source's own format.</summary>
internal static class PrecomputedSource
{
    private const int FilesAtATime = 8;

    public static async Task<FetchedVolume> FetchAsync(
        StageContext context, Fetcher fetcher, SourceStores stores, LockedDataset? locked, CancellationToken cancellation)
    {
        var source = context.Dataset.Source;
        var address = source.Address.TrimEnd('/') + "/";
        var store = stores.Open(new Uri(address));
        var crop = locked?.Crop ?? await ChooseAsync(context, store, cancellation);
        var plan = await PrecomputedCrop.PlanAsync(store, "", source.Level, new Box(crop.Origin, crop.Shape), cancellation);
        fetcher.AddTotal(plan.Files.Sum(file => file.EstimatedBytes));

        var raw = context.Data.Raw(context.Dataset.Name);
        var objects = new LockedObject?[plan.Files.Count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = FilesAtATime, CancellationToken = cancellation };
        await Parallel.ForEachAsync(Enumerable.Range(0, plan.Files.Count), options, async (i, token) =>
        {
            var file = plan.Files[i];
            if (!context.UpdateLock && fetcher.Present(file.RelativeName, wanted: null) is { } present)
            {
                fetcher.Report(present.Length);
                objects[i] = present;
                return;
            }

            // An unsharded chunk that the source does not have reads as zeros here as there.
            if (await PrecomputedCrop.FetchAsync(plan, file, raw, fetcher, cancellation: token) is not { } got)
                return;
            var entry = new LockedObject(got.RelativeName, address + got.RelativeName, got.Length, got.ETag, got.Sha256);
            if (!context.UpdateLock && locked?.Objects.FirstOrDefault(known => known.Key == entry.Key) is { } known && known.Sha256 != entry.Sha256)
            {
                File.Delete(Path.Combine(raw, got.RelativeName));
                throw EmException.Unavailable(
                    entry.Url,
                    $"the source has changed since it was locked in {context.LockFile}: got sha256 {entry.Sha256} for the chunks of the crop, expected {known.Sha256}. Run again with --update-lock to accept what is there now.");
            }

            fetcher.AddFetched(entry, got.BytesRead);
            objects[i] = entry;
        });

        return new FetchedVolume(objects.OfType<LockedObject>().ToList())
        {
            Crop = crop,
            Note = $"crop {crop.Shape} at {crop.Origin}" + (crop.Tissue is { } tissue ? FormattableString.Invariant($", {tissue:0.0%} tissue") : ""),
        };
    }

    // The crop of a configuration is a function of seed and volume; once chosen it is locked.
    private static async Task<ChosenCrop> ChooseAsync(StageContext context, IStore store, CancellationToken cancellation)
    {
        var levels = await FormatRegistry.OpenAsync(new VolumePath(store, ""), "precomputed", cancellation);
        try
        {
            var wanted = context.Dataset.Source.Level;
            var from = wanted is null ? 0 : levels.ToList().FindIndex(level => level.Info.Name == wanted);
            if (from < 0)
                throw new EmException(Fault.Configuration, $"datasets.{context.Dataset.Name}.source.level: got '{wanted}', expected one of {string.Join(", ", levels.Select(level => level.Info.Name))}.");
            var volume = levels[from].Info.Shape;
            return await CropChoice.ChooseAsync(context, levels.Skip(from).ToList(), cancellation) ?? new ChosenCrop(NdIndex.Filled(3, 0), volume);
        }
        finally
        {
            foreach (var level in levels)
                await level.DisposeAsync();
        }
    }
}
