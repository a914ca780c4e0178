using EmPipeline.Stages.Configuration;
using EmPipeline.Stages.Labels;
using EmPipeline.Stages.Ledgers;
using EmPipeline.Stages.Registries;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Download;

/// <summary>
/// Brings what a dataset needs to its raw folder, in the source's own format: over HTTP, from S3, a crop of a precomputed volume, or
/// files used in place; and what registries say of it.
/// </summary>
internal static class DownloadStage
{
    public static async Task<StageProduct> RunAsync(StageContext context, CancellationToken cancellation)
    {
        var source = SourceKey(context);
        var locked = LockedOf(context, source);
        var objects = locked?.Objects ?? [];

        await using var client = new RegistryClient(context.Mirror);
        (context, var resolved) = await AtAddressAsync(context, client, locked, cancellation);
        using var journal = Journal(context);
        await using var stores = new SourceStores(context);
        var fetcher = new Fetcher(context, objects, journal);
        var registry = await RegistryAnswers.FetchAsync(context, client, fetcher, objects, cancellation);
        var volume = await VolumeAsync(context, fetcher, stores, locked, cancellation);

        if (context.Dataset.IsCropped && volume.Crop is null)
            volume = volume with { Crop = await CropOfFilesAsync(context, volume, locked, cancellation) };
        var all = volume.Objects;
        foreach (var entry in registry.Objects.Concat(registry.Promised))
            all.Add(entry);
        if (all.Count > 0)
        {
            await LockFile.UpdateAsync(context.LockFile, context.Dataset.Name, new LockedDataset(source, all, volume.Crop) { Resolved = resolved }, cancellation);
        }

        journal.Delete();
        var raw = context.Data.Relative(context.Data.Raw(context.Dataset.Name));
        var promised = registry.Promised.Select(entry => entry.Key).ToHashSet(StringComparer.Ordinal);
        var fetched = all.Where(entry => !promised.Contains(entry.Key)).Select(entry => new LedgerFile(Located(context, entry.Key), entry.Length, entry.Sha256, entry.ETag, entry.Url));
        var files = volume.InPlace.Concat(fetched);
        Leftovers.Warn(context, all);
        var result = new DownloadResult(volume.Root ?? raw, volume.Open, volume.Crop, registry.Documents);
        var (count, bytes) = (0L, 0L);
        foreach (var file in files)
            (count, bytes) = (count + 1, bytes + file.Length);
        var summary = volume.InPlace.Count > 0
            ? $"{Counted.Of(volume.InPlace.Count, "file")} used in place"
            : $"{fetcher.Fetched} of {Counted.Of(count, "file")} fetched" + (volume.Note is null ? "" : $"; {volume.Note}");
        return new StageProduct(files, result, new StageOutcome(volume.InPlace.Count > 0 ? bytes : fetcher.Transferred, summary))
        {
            Inputs = LockFile.Digest(context.LockFile, context.Dataset.Name) is { } digest ? new Dictionary<string, string> { [DownloadInputs.Lock] = digest } : [],
        };
    }

    /// <summary>What it would fetch now, found out without fetching it; what registries say of a dataset is not counted.</summary>
    /// <exception cref="EmException">The source does not answer, or the configuration is wrong.</exception>
    public static async Task<DownloadTally> PlanAsync(StageContext context, CancellationToken cancellation)
    {
        var locked = LockedOf(context, SourceKey(context));
        await using var client = new RegistryClient(context.Mirror);
        // Whatever is missing, it is no news while nothing is fetched.
        (context, _) = await AtAddressAsync(context with { Warn = static _ => { } }, client, locked, cancellation);
        using var journal = Journal(context);
        await using var stores = new SourceStores(context);
        var tally = new DownloadTally();
        await VolumeAsync(context, new Fetcher(context, locked?.Objects ?? [], journal) { Tally = tally }, stores, locked, cancellation);
        return tally;
    }

    /// <summary>What is locked of the dataset for this source.</summary>
    private static LockedDataset? LockedOf(StageContext context, string source) =>
        LockFile.Read(context.LockFile).Datasets.GetValueOrDefault(context.Dataset.Name) is { } locked && locked.Source == source ? locked : null;

    private static DownloadJournal Journal(StageContext context) =>
        new(Path.Combine(context.Data.State(context.Dataset.Name), "Download.journal.jsonl"), FetchedBefore(context));

    private static async Task<FetchedVolume> VolumeAsync(
        StageContext context, Fetcher fetcher, SourceStores stores, LockedDataset? locked, CancellationToken cancellation) => context.Dataset.Source.Kind switch
    {
        SourceKind.Http => await HttpSource.FetchAsync(context, fetcher, stores, locked, cancellation),
        SourceKind.S3 => await S3Source.FetchAsync(context, fetcher, stores, locked, cancellation),
        SourceKind.Precomputed => await PrecomputedSource.FetchAsync(context, fetcher, stores, locked, cancellation),
        _ => LocalSource.Find(context),
    };

    /// <summary>The dataset with the address that its registry says, where its source is one's.</summary>
    private static async Task<(StageContext Context, ResolvedSource? Resolved)> AtAddressAsync(
        StageContext context, RegistryClient client, LockedDataset? locked, CancellationToken cancellation)
    {
        if (!context.Dataset.Source.IsRegistry)
            return (context, null);
        var resolved = (context.UpdateLock ? null : locked?.Resolved) ?? await ResolveAsync(context, client, cancellation);
        return (context with { Dataset = context.Dataset with { Source = context.Dataset.Source.At(resolved) } }, resolved);
    }

    /// <summary>The crop of files that a source has whole: they are here now, and show their extent and, where it is asked for, their tissue.</summary>
    private static async Task<ChosenCrop?> CropOfFilesAsync(StageContext context, FetchedVolume fetched, LockedDataset? locked, CancellationToken cancellation)
    {
        var raw = context.Data.Raw(context.Dataset.Name);
        var files = fetched.InPlace.Select(context.Data.Locate).Concat(fetched.Objects.Select(entry => Path.Combine(raw, entry.Key)));
        var earlier = context.UpdateLock ? null : locked?.Crop;
        await using var volume = await SourceVolume.OpenAsync(context, fetched.Root ?? context.Data.Relative(raw), fetched.Open, files, earlier, cancellation);
        return earlier ?? await CropChoice.ChooseAsync(context, volume.Levels, cancellation);
    }

    /// <summary>The addresses that a registry's source stands for; what it answered is kept.</summary>
    private static async Task<ResolvedSource> ResolveAsync(StageContext context, RegistryClient client, CancellationToken cancellation)
    {
        try
        {
            return await SourceResolver.ResolveAsync(client, context.Dataset.Source, $"{context.Dataset.Place}.source", cancellation);
        }
        finally
        {
            // Of a registry that answers something else, too: there a person looks for why.
            foreach (var answer in client.Answers)
                await KeptAnswers.KeepAsync(context, answer, cancellation);
        }
    }

    /// <summary>What the locked objects were fetched for: another address, crop or place of a label's image locks anew, another registry entry does not.</summary>
    private static string SourceKey(StageContext context)
    {
        var keys = context.Dataset.Raw;
        var text = CanonicalJson.Sort(keys["source"])!.ToJsonString() + CanonicalJson.Sort(keys["crop"])?.ToJsonString();
        if (context.Dataset.Label is { } label)
            text += ImageFrame.Require(context.Data, label.Image).Text + keys["voxelSize"]?.ToJsonString() + keys["offset"]?.ToJsonString();
        return CanonicalJson.Sha256(text);
    }

    // What is on the disk is what was fetched, whatever the lock file has come to say since. A damaged list tells nothing.
    private static LockedObjects FetchedBefore(StageContext context)
    {
        var raw = context.Data.Raw(context.Dataset.Name);
        var before = new LockedObjects();
        try
        {
            foreach (var file in Ledger.Read(context.Data.LedgerFile(context.Dataset.Name, Stage.Download))?.ReadFiles() ?? [])
            {
                if (!Path.IsPathRooted(file.Path) && file.Sha256 is not null)
                    before.Add(new LockedObject(Path.GetRelativePath(raw, context.Data.Locate(file)).Replace(Path.DirectorySeparatorChar, '/'), file.Source ?? "", file.Length, file.ETag, file.Sha256));
            }

            return before;
        }
        catch (EmException)
        {
            return [];
        }
    }

    private static string Located(StageContext context, string key) =>
        context.Data.Relative(Path.GetFullPath(Path.Combine(context.Data.Raw(context.Dataset.Name), key)));
}
