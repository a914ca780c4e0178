using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EmPipeline.Benchmarks;

/// <summary>A folder behind a web server on loopback whose every answer comes late, and whose bodies share a bandwidth: a link, without a network.</summary>
internal sealed class SlowServer : IAsyncDisposable
{
    private const int Piece = 64 << 10;
    private readonly WebApplication _app;
    private readonly string _folder;
    private readonly TimeSpan _latency;
    private readonly double _bytesPerSecond;
    private readonly Lock _lock = new();
    private readonly long _start = TimeProvider.System.GetTimestamp();
    private TimeSpan _free;
    private long _sent;
    private long _reads;

    private SlowServer(string folder, TimeSpan latency, double bytesPerSecond)
    {
        (_folder, _latency, _bytesPerSecond) = (folder, latency, bytesPerSecond);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    public string Address => _app.Urls.Single();

    /// <summary>Bytes of bodies sent.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>Ranges of shards' voxels that were asked for: those longer than an index.</summary>
    public long Reads => Interlocked.Read(ref _reads);

    public static async Task<SlowServer> StartAsync(string folder, TimeSpan latency, double bytesPerSecond)
    {
        var server = new SlowServer(folder, latency, bytesPerSecond);
        await server._app.StartAsync();
        return server;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        await Task.Delay(_latency);
        var path = Path.Combine(_folder, context.Request.Path.Value![1..]);
        if (!File.Exists(path))
        {
            context.Response.StatusCode = 404;
            return;
        }

        using var file = File.OpenHandle(path);
        var length = RandomAccess.GetLength(file);
        var (from, to) = (0L, length);
        context.Response.Headers.ETag = $"\"{length.ToString(CultureInfo.InvariantCulture)}\"";
        if (context.Request.GetTypedHeaders().Range?.Ranges.Single() is { } range)
        {
            (from, to) = (range.From!.Value, Math.Min(length, range.To!.Value + 1));
            context.Response.StatusCode = 206;
            context.Response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes {from}-{to - 1}/{length}");
        }

        context.Response.ContentLength = to - from;
        if (context.Request.Method == "HEAD")
            return;
        if (to - from > 4096)
            Interlocked.Increment(ref _reads);
        for (; from < to;)
        {
            var memory = context.Response.BodyWriter.GetMemory(Piece);
            var count = RandomAccess.Read(file, memory.Span[..(int)Math.Min(memory.Length, Math.Min(Piece, to - from))], from);
            context.Response.BodyWriter.Advance(count);
            await TurnAsync(count);
            await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
            from += count;
            Interlocked.Add(ref _sent, count);
        }
    }

    /// <summary>Waits until the link has carried all that was promised before. Timers tick in milliseconds: it may run ahead by some of them.</summary>
    private Task TurnAsync(int bytes)
    {
        TimeSpan ahead;
        lock (_lock)
        {
            var now = TimeProvider.System.GetElapsedTime(_start);
            ahead = _free - now;
            _free = (ahead > TimeSpan.Zero ? _free : now) + TimeSpan.FromSeconds(bytes / _bytesPerSecond);
        }

        return ahead > TimeSpan.FromMilliseconds(2) ? Task.Delay(ahead) : Task.CompletedTask;
    }
}
