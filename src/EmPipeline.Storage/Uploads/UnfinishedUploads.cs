using System.Collections.Concurrent;

namespace EmPipeline.Storage;

/// <summary>What earlier runs left in parts.</summary>
public static class UnfinishedUploads
{
    /// <summary>The latest of each object, to go on with; older ones of the same are removed.</summary>
    /// <param name="isOwn">Whether a key is the publisher's.</param>
    public static async Task<ConcurrentDictionary<string, UnfinishedUpload>> CollectAsync(IUploadStore store, Func<string, bool> isOwn, CancellationToken cancellation)
    {
        var found = new ConcurrentDictionary<string, UnfinishedUpload>();
        await foreach (var upload in store.ListUnfinishedAsync(cancellation))
        {
            if (!isOwn(upload.Key))
                continue;
            var (kept, other) = found.TryGetValue(upload.Key, out var before) && before.Begun > upload.Begun ? (before, upload) : (upload, before);
            found[upload.Key] = kept;
            if (other is not null)
                await store.AbortAsync(other, cancellation);
        }

        return found;
    }
}
