using System.Collections.Concurrent;
using System.Net;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace EmPipeline.Tests.Servers;

/// <summary>
/// A web server on loopback whose objects lie in memory: HEAD and GET, single ranges, ETag and If-Match, as nginx or a bucket's web face
/// answers. <see cref="Fault"/> gets to see each request first and may spoil its answer.
/// </summary>
internal class ObjectServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private static readonly ConditionalWeakTable<byte[], string> ETags = [];
    private long _bytesSent;

    protected ObjectServer()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1));
        _app = builder.Build();
        _app.Run(HandleAsync);
    }

    public Uri Address => new(_app.Urls.Single() + "/");

    /// <summary>By path, unescaped, without the leading slash.</summary>
    public ConcurrentDictionary<string, byte[]> Objects { get; } = new();

    /// <summary>"METHOD path range", in order of arrival.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>Answers in the server's stead; false to let it answer. Gets the request's number, from 1.</summary>
    public Func<int, HttpContext, Task<bool>>? Fault { get; set; }

    public bool Ranges { get; set; } = true;

    public bool Head { get; set; } = true;

    public bool Versions { get; set; } = true;

    /// <summary>What this server, or another behind the same address, puts before its ETags.</summary>
    public Func<string> Naming { get; set; } = () => "";

    public string Modified { get; set; } = "Wed, 01 Jan 2025 00:00:00 GMT";

    public long BytesSent => Interlocked.Read(ref _bytesSent);

    public static async Task<ObjectServer> StartAsync()
    {
        var server = new ObjectServer();
        await server._app.StartAsync();
        return server;
    }

    public static string ETagOf(byte[] bytes) => ETags.GetValue(bytes, static content => Convert.ToHexStringLower(MD5.HashData(content)));

    /// <summary>Gives an object another ETag than the MD5 of its bytes.</summary>
    protected static void Name(byte[] bytes, string etag) => ETags.AddOrUpdate(bytes, etag);

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    protected Task StartServerAsync() => _app.StartAsync();

    protected virtual Task AnswerAsync(HttpContext context) => SendAsync(context, context.Request.Path.Value![1..]);

    /// <summary>Answers with an object, or what there is to say instead of it.</summary>
    protected async Task SendAsync(HttpContext context, string path)
    {
        if (!Objects.TryGetValue(path, out var bytes))
        {
            await RefuseAsync(context, 404, "NoSuchKey");
            return;
        }

        if (context.Request.Method == "HEAD" && !Head)
        {
            await RefuseAsync(context, 405, "MethodNotAllowed");
            return;
        }

        var etag = $"\"{Naming()}{ETagOf(bytes)}\"";
        if (context.Request.Headers.IfMatch is { Count: > 0 } wanted && wanted != etag)
        {
            await RefuseAsync(context, 412, "PreconditionFailed");
            return;
        }

        if (Versions)
        {
            context.Response.Headers.ETag = etag;
            context.Response.Headers.LastModified = Modified;
        }

        var (from, to) = (0L, (long)bytes.Length);
        if (Ranges)
        {
            context.Response.Headers.AcceptRanges = "bytes";
            if (context.Request.GetTypedHeaders().Range is { } range)
            {
                var item = range.Ranges.Single();
                (from, to) = (item.From!.Value, Math.Min(bytes.Length, (item.To ?? long.MaxValue - 1) + 1));
                if (from >= bytes.Length)
                {
                    context.Response.Headers.ContentRange = $"bytes */{bytes.Length}";
                    await RefuseAsync(context, 416, "InvalidRange");
                    return;
                }

                context.Response.StatusCode = 206;
                context.Response.Headers.ContentRange = $"bytes {from}-{to - 1}/{bytes.Length}";
            }
        }

        context.Response.ContentLength = to - from;
        if (context.Request.Method == "HEAD")
            return;
        for (var at = from; at < to;)
        {
            var count = (int)Math.Min(64 << 10, to - at);
            await context.Response.Body.WriteAsync(bytes.AsMemory((int)at, count), context.RequestAborted);
            Interlocked.Add(ref _bytesSent, count);
            at += count;
        }
    }

    protected virtual Task RefuseAsync(HttpContext context, int status, string code)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    private async Task HandleAsync(HttpContext context)
    {
        int number;
        lock (Requests)
        {
            Requests.Enqueue($"{context.Request.Method} {context.Request.Path.Value} {context.Request.Headers.Range}".TrimEnd());
            number = Requests.Count;
        }

        if (Fault is null || !await Fault(number, context))
            await AnswerAsync(context);
    }
}
