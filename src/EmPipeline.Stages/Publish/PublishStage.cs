using System.Globalization;
using System.Text;
using EmPipeline.Catalog;
using EmPipeline.Stages.Catalog;
using EmPipeline.Storage;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Publish;

/// <summary>
/// Brings what the catalogue is of to a bucket or another folder, laid out as here, to be trained from there: <c>zarr/</c>, <c>catalog/</c>, and the report
/// as <c>index.html</c>. Shards go first, then what makes volumes of them, then the catalogue, its database last. A volume whose shards change is taken
/// back until it is whole again, and what it no longer has is removed. The store is asked what it has; nothing here is believed about that.
/// </summary>
public static class PublishStage
{
    private const string Page = "index.html";
    private const string CorsName = "cors.json";

    // What a page of another site, such as Neuroglancer, needs to be allowed.
    private const string Cors =
        """
        {
          "CORSRules": [
            {
              "AllowedMethods": ["GET", "HEAD"],
              "AllowedOrigins": ["*"],
              "AllowedHeaders": ["Range", "If-Match"],
              "ExposeHeaders": ["ETag", "Content-Range", "Content-Length", "Accept-Ranges"],
              "MaxAgeSeconds": 3600
            }
          ]
        }

        """;

    // All that is below these is the pipeline's; what else lies at the address is somebody else's.
    private static readonly string[] Own = ["catalog/", "zarr/"];

    /// <exception cref="EmException">There is no catalogue that is up to date, or somebody else is publishing there.</exception>
    /// <exception cref="StorageException">The store refused, or a file is not what was written.</exception>
    public static async Task<StageOutcome> RunAsync(CatalogPlan plan, DataFolder data, PublishOptions options, CancellationToken cancellation)
    {
        RequireCatalog(plan, data);
        var address = Address(options.To, data);
        using var turn = ExclusiveFile.TryAcquire(data.Publishing(address.AbsoluteUri, "guard"), leaveNothing: true)
            ?? throw new EmException(Fault.Machine, $"{options.To}: got another run that publishes {data.Root} there, expected one at a time. Wait until it is done.");
        // Not while shards are written.
        using var still = await ExclusiveFile.AcquireAsync(data.RechunkTurn, cancellation);
        // Whoever had the turn may have made a volume anew.
        RequireCatalog(plan, data);
        await using var store = UploadStores.Open(address, options.Stores);
        await using var alone = options.Plan ? null : await PublishLock.AcquireAsync(store, data.Publishing(address.AbsoluteUri, "id"), options.Warn, cancellation);
        using var record = new UploadRecord(data.Publishing(address.AbsoluteUri, "record"));
        return await new Publishing(plan, data, options, store, alone, record).RunAsync(cancellation);
    }

    /// <summary>Whether there is a place to publish to, and somebody to sign with; asks no server.</summary>
    /// <exception cref="EmException">It lies in the data folder.</exception>
    /// <exception cref="StorageException">It is no bucket or folder, or there are no credentials.</exception>
    public static async Task CheckAsync(DataFolder data, PublishOptions options)
    {
        await using var store = UploadStores.Open(Address(options.To, data), options.Stores);
    }

    private static void RequireCatalog(CatalogPlan plan, DataFolder data)
    {
        if ((plan.ReasonToRun(data) ?? plan.ReasonToPlanAgain(data)) is { } reason)
            throw new EmException(Fault.Configuration, $"{data.Catalog}: got a catalogue that is to be built ({reason}), expected one that is up to date. Run ./build.sh Catalog first.");
    }

    private static Uri Address(string to, DataFolder data)
    {
        if (RemoteStores.IsRemote(to))
            return new Uri(to.TrimEnd('/'));
        var folder = Path.GetFullPath(to);
        if (Path.GetRelativePath(folder, data.Root) is "." || !Path.GetRelativePath(data.Root, folder).StartsWith("..", StringComparison.Ordinal))
            throw new EmException(Fault.Configuration, $"--to: got {folder}, which is in the data folder, expected another place.");
        return new Uri(folder);
    }

    /// <summary>One run, once it is alone.</summary>
    private sealed class Publishing(CatalogPlan plan, DataFolder data, PublishOptions options, IUploadStore store, PublishLock? alone, UploadRecord record)
    {
        private readonly HashSet<ulong> _wanted = [];
        private UploadCounts _counts;
        private ByteCounter _progress = null!;
        private Uploader _uploader = null!;
        private StoredIndex _there = null!;

        public async Task<StageOutcome> RunAsync(CancellationToken cancellation)
        {
            var volumes = PublishedVolume.Of(plan, data);
            _progress = new ByteCounter(options.Progress, volumes.Sum(volume => volume.Bytes));
            _there = await StoredIndex.OfAsync(store, [.. Own, Page, CorsName], cancellation);
            var unfinished = options.Plan ? [] : await UnfinishedUploads.CollectAsync(store, key => Own.Any(own => key.StartsWith(own, StringComparison.Ordinal)), cancellation);
            _uploader = new Uploader(store, _there, record, options.Uploader, unfinished);
            foreach (var volume in volumes)
            {
                await UploadAsync(volume.Shards, token => WithdrawAsync(volume, token), cancellation);
                await RemoveEarlierShardsAsync(volume, cancellation);
                // The group's last, alone: it tells of the levels.
                await UploadAsync(volume.Metadata.SkipLast(1), null, cancellation);
                await UploadAsync(volume.Metadata.TakeLast(1), null, cancellation);
            }

            await UploadAsync(PublishedVolume.Groups(plan, data), null, cancellation);
            var catalogue = CatalogBuilder.Files.Select(name => PublishedVolume.Small(data, Path.Combine(data.Catalog, name))).ToList();
            await UploadAsync(catalogue.SkipLast(1), null, cancellation);
            var cors = data.Publishing(CorsName, "json");
            AtomicFile.Write(cors, Encoding.UTF8.GetBytes(Cors));
            await UploadAsync([PublishedVolume.Small(data, data.Report) with { Key = Page }, PublishedVolume.Small(data, cors) with { Key = CorsName }], null, cancellation);
            if (alone is not null)
                await alone.HoldAsync(cancellation);
            // Readers open this one: what it tells of is there.
            await UploadAsync(catalogue.TakeLast(1), null, cancellation);
            foreach (var upload in unfinished.Values)
                await store.AbortAsync(upload, cancellation);
            var unwanted = await UnwantedAsync(cancellation);
            var summary = $"{Counted.Of(_counts.Objects, "object")} {(options.Plan ? "to send" : "sent")} in {Counted.Of(_counts.Puts, "request")}, {_counts.Equal} equal{unwanted}";
            if (options.Plan)
                summary += string.Create(CultureInfo.InvariantCulture, $"; {_counts.Bytes / 1e6:n1} MB{(options.Prices is { } prices ? $", {prices.OfPublishing(_counts.Puts, _counts.Bytes)}" : "")}");
            return new StageOutcome(_counts.Bytes, summary);
        }

        private async Task UploadAsync(IEnumerable<UploadItem> items, Func<CancellationToken, Task>? before, CancellationToken cancellation) =>
            _counts += await _uploader.RunAsync(Wanted(items), before, _progress, options.Plan, cancellation);

        private IEnumerable<UploadItem> Wanted(IEnumerable<UploadItem> items)
        {
            foreach (var item in items)
            {
                _wanted.Add(StoredIndex.Hash(item.Key));
                yield return item;
            }
        }

        /// <summary>Takes a volume back before its shards change: a reader finds the old one, none, or the new one.</summary>
        private async Task WithdrawAsync(PublishedVolume volume, CancellationToken cancellation)
        {
            // The group's first: it is what tells of the others.
            var there = volume.Metadata.Reverse().Select(item => item.Key).Where(_there.Contains).ToList();
            foreach (var key in there)
            {
                await store.DeleteAsync([key], cancellation);
                _there.Remove(key);
            }
        }

        /// <summary>Removes the shards of an earlier volume that this one does not have: an empty one has no file, and would be read as what it was.</summary>
        private async Task RemoveEarlierShardsAsync(PublishedVolume volume, CancellationToken cancellation)
        {
            if (options.Plan || _there.Count == 0)
                return;
            // All but the group's are of arrays.
            foreach (var array in volume.Metadata.SkipLast(1).Select(item => item.Key[..(item.Key.LastIndexOf('/') + 1)]))
            {
                var earlier = store.ListAsync(array, cancellation).Select(found => found.Key).Where(key => !key.EndsWith("/zarr.json", StringComparison.Ordinal) && !_wanted.Contains(StoredIndex.Hash(key)));
                await foreach (var keys in earlier.Chunk(1000).WithCancellation(cancellation))
                {
                    await WithdrawAsync(volume, cancellation);
                    await store.DeleteAsync(keys, cancellation);
                }
            }
        }

        /// <summary>Names, or removes, what is there and not wanted.</summary>
        /// <returns>Words for the summary.</returns>
        private async Task<string> UnwantedAsync(CancellationToken cancellation)
        {
            var (count, first) = (0L, "");
            // Volumes go before their shards.
            foreach (var metadata in (bool[])[true, false])
            {
                var batch = new List<string>();
                await foreach (var found in UnwantedObjects().Where(found => found.Key.EndsWith("/zarr.json", StringComparison.Ordinal) == metadata).WithCancellation(cancellation))
                {
                    (count, first) = (count + 1, first.Length == 0 ? found.Key : first);
                    batch.Add(found.Key);
                    if (batch.Count == 1000 && options is { Prune: true, Plan: false })
                        await store.DeleteAsync(batch, cancellation);
                    if (batch.Count == 1000)
                        batch.Clear();
                }

                if (batch.Count > 0 && options is { Prune: true, Plan: false })
                    await store.DeleteAsync(batch, cancellation);
            }

            if (count == 0)
                return "";
            if (options is { Prune: true, Plan: false })
                return $", {count} removed";
            options.Warn($"{store.Locate(first)}{(count > 1 ? $" and {count - 1} more" : "")}: no longer wanted. {(options.Prune ? "Without --plan they are removed" : "--prune removes them")}.");
            return $", {count} no longer wanted";

            async IAsyncEnumerable<StoredObject> UnwantedObjects()
            {
                foreach (var own in Own)
                {
                    await foreach (var found in store.ListAsync(own, cancellation))
                    {
                        if (!_wanted.Contains(StoredIndex.Hash(found.Key)))
                            yield return found;
                    }
                }
            }
        }
    }
}
