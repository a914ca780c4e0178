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

        var objects = new LockedObjects();
        var missing = new List<CropFile>();
        foreach (var file in plan.Files)
        {
            if (!context.UpdateLock && file.PossibleNames.Select(name => fetcher.Present(name, address + name + file.Fragment, wanted: null)).FirstOrDefault(present => present is not null) is { } present)
            {
                fetcher.Report(present.Length);
                objects.Add(present);
            }
            else
            {
                missing.Add(file);
            }
        }

        if (fetcher.Tally is { } tally)
        {
            tally.AddParts(missing.Count, missing.Sum(file => file.EstimatedBytes));
            return new FetchedVolume(objects) { Crop = crop };
        }

        var fetch = new CropFetch(plan, context.Data.Raw(context.Dataset.Name), fetcher) { Bandwidth = context.Bandwidth };
        var fetched = DurableBatches.RunAsync(missing, FilesAtATime, (file, batch, token) => fetch.RunAsync(file, address, Check, batch, token), cancellation);
        await foreach (var one in fetched)
        {
            // An unsharded chunk that the source does not have reads as zeros here as there.
            if (one is not { } got)
                continue;
            fetcher.AddFetched(got.File, got.BytesRead);
            objects.Add(got.File);
        }

        var (wanted, found) = Chunks(plan, objects);
        var absent = AbsentChunks.Note(context, wanted, found) is { } note ? $"; {note}" : "";
        return new FetchedVolume(objects)
        {
            Crop = crop,
            Note = $"crop {crop.Shape} at {crop.Origin}" + (crop.Tissue is { } tissue ? FormattableString.Invariant($", {tissue:0.0%} tissue") : "") + absent,
        };

        void Check(LockedObject got)
        {
            if (!context.UpdateLock && locked?.Objects.Find(got.Key) is { } entry && entry.Sha256 != got.Sha256)
            {
                throw EmException.Unavailable(
                    got.Url,
                    $"the source has changed since it was locked in {context.LockFile}: got sha256 {got.Sha256} for the chunks of the crop, expected {entry.Sha256}. Run again with --update-lock to accept what is there now.");
            }
        }
    }

    /// <summary>How many chunks the crop has, and how many of them are there: of shards the plan knows, else each has a file.</summary>
    private static (long Wanted, long Found) Chunks(CropPlan plan, LockedObjects objects)
    {
        var wanted = plan.Box.CellsTouched(plan.Scale.ChunkSize).LongCount();
        return (wanted, plan.Scale.Sharding is null ? objects.Count(entry => entry.Key != "info") : plan.Files.Sum(file => (long)file.ChunkIds.Count));
    }

    // The crop of a configuration is a function of seed and volume; once chosen it is locked.
    private static async Task<ChosenCrop> ChooseAsync(StageContext context, IStore store, CancellationToken cancellation)
    {
        // Not asked what it is: where a server shows its folders as pages, this one would look like a file.
        var levels = await FormatRegistry.Find("precomputed")!.OpenAsync(new VolumePath(store, ""), cancellation);
        try
        {
            var wanted = context.Dataset.Source.Level;
            var from = wanted is null ? 0 : levels.ToList().FindIndex(level => level.Info.Name == wanted);
            if (from < 0)
                throw new EmException(Fault.Configuration, $"{context.Dataset.Place}.source.level: got '{wanted}', expected one of {string.Join(", ", levels.Select(level => level.Info.Name))}.");
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
