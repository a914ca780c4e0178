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
        var locked = LockFile.Read(context.LockFile).Datasets.GetValueOrDefault(context.Dataset.Name);
        if (locked?.Source != source)
            locked = null;
        var objects = (locked?.Objects ?? []).ToDictionary(entry => entry.Key, StringComparer.Ordinal);

        await using var client = new RegistryClient(context.Mirror);
        ResolvedSource? resolved = null;
        if (context.Dataset.Source.IsRegistry)
        {
            resolved = (context.UpdateLock ? null : locked?.Resolved) ?? await ResolveAsync(context, client, cancellation);
            context = context with { Dataset = context.Dataset with { Source = context.Dataset.Source.At(resolved) } };
        }

        using var journal = new DownloadJournal(Path.Combine(context.Data.State(context.Dataset.Name), "Download.journal.jsonl"), FetchedBefore(context));
        await using var stores = new SourceStores(context);
        var fetcher = new Fetcher(context, objects, journal);
        var registry = await RegistryAnswers.FetchAsync(context, client, fetcher, objects, cancellation);
        var volume = context.Dataset.Source.Kind switch
        {
            SourceKind.Http => await HttpSource.FetchAsync(context, fetcher, stores, locked, cancellation),
            SourceKind.S3 => await S3Source.FetchAsync(context, fetcher, stores, locked, cancellation),
            SourceKind.Precomputed => await PrecomputedSource.FetchAsync(context, fetcher, stores, locked, cancellation),
            _ => LocalSource.Find(context),
        };

        if (context.Dataset.IsCropped && volume.Crop is null)
            volume = volume with { Crop = await CropOfFilesAsync(context, volume, locked, cancellation) };
        var all = volume.Objects.Concat(registry.Objects).Concat(registry.Promised).OrderBy(entry => entry.Key, StringComparer.Ordinal).ToList();
        if (all.Count > 0)
        {
            await LockFile.UpdateAsync(context.LockFile, context.Dataset.Name, new LockedDataset(source, all, volume.Crop) { Resolved = resolved }, cancellation);
        }

        journal.Delete();
        var raw = context.Data.Relative(context.Data.Raw(context.Dataset.Name));
        var files = volume.InPlace.Concat(volume.Objects.Concat(registry.Objects)
            .Select(entry => new LedgerFile(Located(context, entry.Key), entry.Length, entry.Sha256, entry.ETag, entry.Url))).ToList();
        Leftovers.Warn(context, files.Select(context.Data.Locate));
        var result = new DownloadResult(volume.Root ?? raw, volume.Open, volume.Crop, registry.Documents);
        var bytes = files.Sum(file => file.Length);
        var summary = volume.InPlace.Count > 0
            ? $"{Counted.Of(volume.InPlace.Count, "file")} used in place"
            : $"{fetcher.Fetched} of {Counted.Of(files.Count, "file")} fetched" + (volume.Note is null ? "" : $"; {volume.Note}");
        return new StageProduct(files, result, new StageOutcome(volume.InPlace.Count > 0 ? bytes : fetcher.Transferred, summary))
        {
            Inputs = LockFile.Digest(context.LockFile, context.Dataset.Name) is { } digest ? new Dictionary<string, string> { [DownloadInputs.Lock] = digest } : [],
        };
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

    // What is on the disk is what was fetched, whatever the lock file has come to say since.
    private static List<LockedObject> FetchedBefore(StageContext context)
    {
        var raw = context.Data.Raw(context.Dataset.Name);
        try
        {
            return (Ledger.Read(context.Data.LedgerFile(context.Dataset.Name, Stage.Download))?.ReadFiles() ?? [])
                .Where(file => !Path.IsPathRooted(file.Path) && file.Sha256 is not null)
                .Select(file => new LockedObject(
                    Path.GetRelativePath(raw, context.Data.Locate(file)).Replace(Path.DirectorySeparatorChar, '/'), file.Source ?? "", file.Length, file.ETag, file.Sha256!))
                .ToList();
        }
        catch (EmException)
        {
            // A damaged list tells nothing.
            return [];
        }
    }

    private static string Located(StageContext context, string key) =>
        context.Data.Relative(Path.GetFullPath(Path.Combine(context.Data.Raw(context.Dataset.Name), key)));
}
