using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EmPipeline.Storage;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Publish;

/// <summary>
/// An object that says who is publishing here, so that two do not mix: put only where there is none, removed in the end. A killed run leaves it to itself
/// to go on, of this folder on this machine; anybody else is told, a copy of the folder too.
/// </summary>
internal sealed class PublishLock : IAsyncDisposable
{
    public const string Key = "publishing.json";
    private readonly IUploadStore _store;
    private readonly string _id;

    private PublishLock(IUploadStore store, string id) => (_store, _id) = (store, id);

    /// <param name="idFile">Who the last publisher of this folder was; written anew for each.</param>
    /// <param name="warn">Told of a store that heeds no conditions.</param>
    /// <exception cref="EmException">Somebody else is publishing here.</exception>
    public static async Task<PublishLock> AcquireAsync(IUploadStore store, string idFile, Action<string> warn, CancellationToken cancellation)
    {
        // A store that heeds no conditions would let this one in.
        if (await store.ReadAsync(Key, cancellation) is { } there)
        {
            var left = Parse(there);
            var isOwn = File.Exists(idFile) && (string?)left?["id"] == await File.ReadAllTextAsync(idFile, cancellation)
                && (string?)left?["host"] == Environment.MachineName && (string?)left?["folder"] == Path.GetDirectoryName(idFile);
            return isOwn ? new PublishLock(store, (string)left!["id"]!) : throw Taken(store, there);
        }

        var id = Guid.NewGuid().ToString("N");
        AtomicFile.Write(idFile, Encoding.UTF8.GetBytes(id));
        var mine = new JsonObject
        {
            ["id"] = id,
            ["host"] = Environment.MachineName,
            ["folder"] = Path.GetDirectoryName(idFile),
            ["since"] = DateTime.UtcNow.ToString("yyyy-MM-dd HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture),
        };
        if (!await TryPutAsync(mine))
            throw Taken(store, await store.ReadAsync(Key, cancellation) ?? []);
        // The same again has to be refused.
        mine["again"] = true;
        if (await TryPutAsync(mine))
            warn($"{store.Locate(Key)}: got put although it was there, expected If-None-Match to be heeded. Two publishers that begin at the same moment are noticed only in the end: see that there is one.");
        return new PublishLock(store, id);

        async Task<bool> TryPutAsync(JsonObject who)
        {
            try
            {
                await store.PutAsync(Key, Encoding.UTF8.GetBytes(who.ToJsonString()), UploadCondition.Absent, cancellation);
                return true;
            }
            catch (StorageException e) when (e.Fault == StorageFault.Conflict)
            {
                return false;
            }
        }
    }

    /// <summary>Whether it is still this publisher's turn: asked before readers are told of anything.</summary>
    /// <exception cref="EmException">Somebody else has taken it.</exception>
    public async Task HoldAsync(CancellationToken cancellation)
    {
        var there = await _store.ReadAsync(Key, cancellation) ?? [];
        if ((string?)Parse(there)?["id"] != _id)
            throw Taken(_store, there);
    }

    public async ValueTask DisposeAsync()
    {
        if (await _store.ReadAsync(Key, CancellationToken.None) is { } there && (string?)Parse(there)?["id"] == _id)
            await _store.DeleteAsync([Key], CancellationToken.None);
    }

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
            return JsonNode.Parse(bytes) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
