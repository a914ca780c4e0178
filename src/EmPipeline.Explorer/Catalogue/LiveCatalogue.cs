using System.Globalization;
using EmPipeline.Catalog;
using EmPipeline.Volumes;

namespace EmPipeline.Explorer.Catalogue;

/// <summary>The catalogue of a data folder as it is now: read again when another one took its place. Safe for concurrent use.</summary>
internal sealed class LiveCatalogue(string data) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private volatile CatalogueState? _state;

    public CatalogReader Reader { get; } = new(Path.Combine(data, "catalog"));

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
        var version = Version ?? "";
        if (_state is { } known && known.Version == version)
            return known;
        await _turn.WaitAsync(cancellation);
        try
        {
            version = Version ?? "";
            return _state is { } meanwhile && meanwhile.Version == version ? meanwhile : _state = await CatalogueState.ReadAsync(Reader, version, cancellation);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();
}
