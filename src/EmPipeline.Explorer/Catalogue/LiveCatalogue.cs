using System.Globalization;
using EmPipeline.Catalog;
using EmPipeline.Volumes;

namespace EmPipeline.Explorer.Catalogue;

/// <summary>The catalogue of a data folder as it is now: read again when another one took its place. Safe for concurrent use.</summary>
internal sealed class LiveCatalogue(string data) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private readonly Lock _lock = new();
    private volatile CatalogueState? _state;
    private (string? Version, CatalogReader Reader)? _reader;

    /// <summary>Reads the catalogue as it is now. A reader that another one followed may still be at work.</summary>
    public CatalogReader Reader => Now().Reader;

    /// <summary>The data folder, a full path.</summary>
    public string Data => data;

    /// <summary>Another for every catalogue that was written; null while there is none.</summary>
    public string? Version
    {
        get
        {
            var file = new FileInfo(Path.Combine(data, "catalog", CatalogBuilder.DatabaseName));
            return file.Exists ? string.Create(CultureInfo.InvariantCulture, $"{file.LastWriteTimeUtc.Ticks:x}-{file.Length:x}") : null;
        }
    }

    /// <exception cref="EmException">There is no catalogue, or it is damaged.</exception>
    public async ValueTask<CatalogueState> GetAsync(CancellationToken cancellation)
    {
        var version = Now().Version ?? "";
        if (_state is { } known && known.Version == version)
            return known;
        await _turn.WaitAsync(cancellation);
        try
        {
            var (now, reader) = Now();
            version = now ?? "";
            return _state is { } meanwhile && meanwhile.Version == version ? meanwhile : _state = await CatalogueState.ReadAsync(reader, version, cancellation);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    /// <summary>A reader keeps to the database that it found, as long as any question to that is at work: each version has one of its own.</summary>
    private (string? Version, CatalogReader Reader) Now()
    {
        lock (_lock)
        {
            var version = Version;
            if (_reader is not { } known || known.Version != version)
                _reader = known = (version, new CatalogReader(Path.Combine(data, "catalog")));
            return known;
        }
    }
}
