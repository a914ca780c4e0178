using System.Threading.Channels;
using Microsoft.Win32.SafeHandles;

namespace EmPipeline.Storage;

/// <summary>
/// Keeps the map on disk behind the data: a piece is recorded after its bytes are flushed, in the background, one flush at a time, so
/// that recording paces itself to the disk and costs the transfer nothing.
/// </summary>
internal sealed class PieceMapWriter : IAsyncDisposable
{
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly PieceMap _map;
    private readonly string _path;
    private readonly SafeFileHandle _file;
    private readonly Task _loop;

    public PieceMapWriter(PieceMap map, string path, SafeFileHandle file)
    {
        (_map, _path, _file) = (map, path, file);
        _loop = Task.Run(LoopAsync);
    }

    /// <summary>A piece was completed in the map.</summary>
    public void Changed() => _signal.Writer.TryWrite(true);

    /// <summary>Records what is there, also when the transfer failed or was cancelled.</summary>
    public async ValueTask DisposeAsync()
    {
        _signal.Writer.TryComplete();
        await _loop;
    }

    private async Task LoopAsync()
    {
        while (await _signal.Reader.WaitToReadAsync())
        {
            _signal.Reader.TryRead(out _);
            var json = _map.ToJson();
            Durable.Flush(_file);
            await AtomicFile.WriteAsync(_path, json, durable: false);
        }
    }
}
