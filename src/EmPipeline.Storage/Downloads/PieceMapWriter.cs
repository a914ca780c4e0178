using System.Threading.Channels;
using Microsoft.Win32.SafeHandles;

namespace EmPipeline.Storage;

/// <summary>
/// Keeps the map on disk behind the data: a piece is recorded after its bytes are flushed, in the background, one flush at a time, so
/// that recording paces itself to the disk and costs the transfer nothing. What is flushed and hashed leaves the kernel's memory: a volume
/// is larger than that anyway, and pages that are used again cost a third of new ones.
/// </summary>
internal sealed class PieceMapWriter : IAsyncDisposable
{
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly PieceMap _map;
    private readonly string _path;
    private readonly SafeFileHandle _file;
    private readonly FollowingHash _hash;
    private readonly Task _loop;

    public PieceMapWriter(PieceMap map, string path, SafeFileHandle file, FollowingHash hash)
    {
        (_map, _path, _file, _hash) = (map, path, file, hash);
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
            var (json, hashed) = (_map.ToJson(), _hash.Hashed);
            await Durable.FlushAsync(_file);
            Durable.DropFromCache(_file, 0, hashed);
            await AtomicFile.WriteAsync(_path, json, durable: false);
        }
    }
}
