using System.Security.Cryptography;
using System.Text;
using EmPipeline.Stages.Registries;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Download;

/// <summary>
/// What registries say of a dataset, kept as it came beside the raw files, not among them, so that a folder of slices stays one. It may change any day
/// (download counters, release dates) and is locked like everything else. A registry that does not answer costs its fields, never the dataset.
/// </summary>
internal static class RegistryAnswers
{
    private const string AskAgain = "--update-lock asks again.";

    /// <param name="locked">What the lock file promises, by key.</param>
    /// <returns>The answers that are here, those that the lock file goes on to promise besides, and what was asked.</returns>
    public static async Task<(IReadOnlyList<LockedObject> Objects, IReadOnlyList<LockedObject> Promised, IReadOnlyList<RegistryDocument> Documents)> FetchAsync(
        StageContext context, RegistryClient client, Fetcher fetcher, LockedObjects locked, CancellationToken cancellation)
    {
        var (objects, promised, documents) = (new List<LockedObject>(), new List<LockedObject>(), new List<RegistryDocument>());
        foreach (var (entry, kind, address) in context.Dataset.Metadata.SelectMany(entry => RegistryAddresses.Of(entry).Select(document => (entry, document.Kind, document.Address))))
        {
            var name = $"{kind}-{entry.Id}.json";
            var key = $"../{context.Dataset.Name}.registry/{name}";
            var promise = context.UpdateLock ? null : locked.Find(key);
            var (answer, missing) = await FetchAsync(context, client, fetcher, kind, address, name, key, promise, cancellation);
            var document = new RegistryDocument(kind, address.AbsoluteUri, context.Data.Relative(Path.Combine(KeptAnswers.Folder(context), name)));
            documents.Add(document with { Missing = missing });
            if (answer is not null)
                objects.Add(answer);
            else if (promise is not null)
                promised.Add(promise);
        }

        return (objects, promised, documents);
    }

    /// <returns>The answer, or why there is none.</returns>
    private static async Task<(LockedObject? Answer, string? Missing)> FetchAsync(
        StageContext context, RegistryClient client, Fetcher fetcher, string kind, Uri address, string name, string key, LockedObject? promise, CancellationToken cancellation)
    {
        var url = address.AbsoluteUri;
        var present = fetcher.Present(key, url, wanted: null);
        if (present is not null && !context.UpdateLock)
            return (present, null);
        try
        {
            var bytes = await client.AskAsync(null, address, cancellation);
            // An error page must be neither taken for an answer nor locked.
            _ = RegistryAddresses.Parse(kind, Encoding.UTF8.GetString(bytes), url);
            var sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes));
            if (promise is not null && promise.Sha256 != sha256)
                throw EmException.Unavailable(url, $"the answer has changed since it was locked in {context.LockFile}: got sha256 {sha256}, expected {promise.Sha256}.");
            await KeptAnswers.KeepAsync(context, new RegistryAnswer(name, url, DateTimeOffset.UtcNow, bytes), cancellation);
            var answer = new LockedObject(key, url, bytes.Length, null, sha256);
            fetcher.AddFetched(answer, bytes.Length);
            return (answer, null);
        }
        catch (EmException e) when (e.Fault is Fault.Source or Fault.Corrupt)
        {
            context.Warn($"{e.Message} {(present is null ? "Nothing is taken from it" : "The earlier answer stays")}; {AskAgain}");
            return (present, present is null ? e.Message : null);
        }
    }
}
