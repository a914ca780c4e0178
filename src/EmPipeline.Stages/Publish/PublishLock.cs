using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EmPipeline.Storage;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Publish;

/// <summary>
/// An object that says who is publishing here, so that two do not mix: put only where there is none, removed in the end. A killed run leaves it to itself
/// to go on; anybody else is told.
/// </summary>
internal sealed class PublishLock : IAsyncDisposable
{
    public const string Key = "publishing.json";
    private readonly IUploadStore _store;

    private PublishLock(IUploadStore store) => _store = store;

    /// <param name="idFile">Who this publisher is; made where it is missing.</param>
    /// <exception cref="EmException">Somebody else is publishing here.</exception>
    public static async Task<PublishLock> AcquireAsync(IUploadStore store, string idFile, CancellationToken cancellation)
    {
        if (!File.Exists(idFile))
            AtomicFile.Write(idFile, Encoding.UTF8.GetBytes(Guid.NewGuid().ToString("N")));
        var id = await File.ReadAllTextAsync(idFile, cancellation);
        // A store that heeds no conditions would let this one in.
        if (await store.ReadAsync(Key, cancellation) is { } there)
        {
            if ((string?)Parse(there)?["id"] != id)
                throw Taken(store, there);
            return new PublishLock(store);
        }

        var mine = new JsonObject { ["id"] = id, ["host"] = Environment.MachineName, ["since"] = DateTime.UtcNow.ToString("yyyy-MM-dd HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture) };
        try
        {
            await store.PutAsync(Key, Encoding.UTF8.GetBytes(mine.ToJsonString()), UploadCondition.Absent, cancellation);
        }
        catch (StorageException e) when (e.Fault == StorageFault.Conflict)
        {
            throw Taken(store, await store.ReadAsync(Key, cancellation) ?? []);
        }

        return new PublishLock(store);
    }

    public async ValueTask DisposeAsync() => await _store.DeleteAsync([Key], CancellationToken.None);

    private static EmException Taken(IUploadStore store, byte[] there)
    {
        var other = Parse(there);
        return new EmException(
            Fault.Source,
            $"{store.Locate(Key)}: got another publisher at work (on {(string?)other?["host"] ?? "another machine"} since {(string?)other?["since"] ?? "a moment ago"}), expected to be the only one. "
            + "Wait until it is done. If it was killed, run it again where it ran; if it never will be, remove that object.");
    }

    private static JsonNode? Parse(byte[] bytes)
    {
        try
        {
            return JsonNode.Parse(bytes);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
