using System.Text;
using EmPipeline.Storage;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Registries;

/// <summary>
/// Asks registries, mirrored where there is a mirror, and keeps what they answered. Small documents only; less patient than a download, since a
/// person may be waiting. Not safe for concurrent use.
/// </summary>
/// <param name="mirror">Where addresses lead instead, started when first asked for; null for the real ones.</param>
internal sealed class RegistryClient(Func<MirrorMap>? mirror) : IAsyncDisposable
{
    private const long LargestAnswer = 64 << 20;
    private static readonly RetryOptions Patience = new() { Attempts = 3, StallTimeout = TimeSpan.FromSeconds(20) };
    private readonly Lazy<MirrorMap> _mirror = new(() => mirror?.Invoke() ?? MirrorMap.None);
    private readonly Dictionary<Uri, IStore> _open = [];
    private readonly List<RegistryAnswer> _answers = [];

    /// <summary>What was answered so far.</summary>
    public IReadOnlyList<RegistryAnswer> Answers => _answers;

    /// <summary>An answer as it came.</summary>
    /// <param name="name">What it is called where it is kept; null: it is not kept.</param>
    /// <exception cref="EmException">There is none; the message says whether the registry did not answer or has no such thing.</exception>
    public async Task<byte[]> AskAsync(string? name, Uri address, CancellationToken cancellation)
    {
        var (folder, key) = StoreFactory.Split(address);
        byte[]? bytes;
        try
        {
            bytes = await Open(folder).ReadAllAsync(key, LargestAnswer, cancellation);
        }
        catch (Exception e) when (e is InvalidDataException || e is StorageException { Fault: not StorageFault.Machine })
        {
            throw new EmException(Fault.Source, $"{address.AbsoluteUri}: the registry did not answer: {e.Message}", e);
        }

        if (bytes is null)
            throw EmException.Unavailable(address.AbsoluteUri, "got 404 Not Found, expected an answer. Check the number or name; or it is not public yet.");
        if (name is not null)
            _answers.Add(new RegistryAnswer(name, address.AbsoluteUri, DateTimeOffset.UtcNow, bytes));
        return bytes;
    }

    /// <summary>The same as text.</summary>
    public async Task<string> AskTextAsync(string? name, Uri address, CancellationToken cancellation) => Encoding.UTF8.GetString(await AskAsync(name, address, cancellation));

    /// <summary>Where a short link leads; null where it leads nowhere further.</summary>
    /// <exception cref="EmException">Nobody answers.</exception>
    public async Task<string?> FollowAsync(Uri link, CancellationToken cancellation)
    {
        try
        {
            return await HttpRedirect.FindAsync(link, _mirror.Value, Patience, cancellation);
        }
        catch (StorageException e) when (e.Fault != StorageFault.Machine)
        {
            throw new EmException(Fault.Source, e.Message, e);
        }
    }

    /// <summary>A folder or bucket; owned by this.</summary>
    public IStore Open(Uri folder)
    {
        if (!_open.TryGetValue(folder, out var store))
        {
            _open[folder] = store = StoreFactory.Open(folder, _mirror.Value, new StoreOptions
            {
                Http = new HttpStoreOptions { Retry = Patience },
                S3 = new S3StoreOptions { Retry = Patience },
            });
        }

        return store;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var store in _open.Values)
            await store.DisposeAsync();
    }
}

/// <summary>What a registry answered, and when.</summary>
/// <param name="Name">A file name.</param>
internal sealed record RegistryAnswer(string Name, string Url, DateTimeOffset Time, byte[] Content);
