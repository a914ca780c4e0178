using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace EmPipeline.Tests.Pipelines;

/// <summary>A web server of a few files in memory, with ranges, that counts what it was asked and can hold answers back.</summary>
public sealed class FileServer : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Task _serving;

    public FileServer()
    {
        Port = FreePort();
        _listener.Prefixes.Add($"http://127.0.0.1:{Port}/");
        _listener.Start();
        _serving = Task.Run(ServeAsync);
    }

    public int Port { get; }

    public ConcurrentDictionary<string, byte[]> Files { get; } = new();

    /// <summary>How many bytes of bodies were sent, by file.</summary>
    public ConcurrentDictionary<string, long> Sent { get; } = new();

    /// <summary>Awaited before a body that starts at or after the given offset is sent.</summary>
    public Func<string, long, Task>? Gate { get; set; }

    public string Address(string name) => $"http://127.0.0.1:{Port}/{name}";

    public async ValueTask DisposeAsync()
    {
        // Not stopped before: closing a stopped listener binds its port once more, which somebody else may have by then.
        _listener.Close();
        await _serving;
    }

    /// <summary>A port on which nothing listens.</summary>
    public static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    /// <summary>What the server calls a version of a file.</summary>
    public static string ETag(byte[] body) => $"\"{Convert.ToHexStringLower(SHA256.HashData(body))[..16]}\"";

    private async Task ServeAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or InvalidOperationException)
            {
                // Stopped, perhaps before the first request was waited for.
                return;
            }

            _ = Task.Run(() => AnswerAsync(context));
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        var (request, response) = (context.Request, context.Response);
        try
        {
            var name = request.Url!.AbsolutePath.TrimStart('/');
            if (!Files.TryGetValue(name, out var body))
            {
                response.StatusCode = 404;
                return;
            }

            var (from, to) = (0L, body.LongLength - 1);
            if (request.Headers["Range"] is { } range)
            {
                var ends = range["bytes=".Length..].Split('-');
                from = long.Parse(ends[0], CultureInfo.InvariantCulture);
                to = ends[1].Length == 0 ? to : Math.Min(to, long.Parse(ends[1], CultureInfo.InvariantCulture));
                response.StatusCode = 206;
                response.Headers["Content-Range"] = $"bytes {from}-{to}/{body.LongLength}";
            }

            response.Headers["ETag"] = ETag(body);
            response.ContentLength64 = to - from + 1;
            if (request.HttpMethod == "HEAD")
                return;
            if (Gate is { } gate)
                await gate(name, from);
            await response.OutputStream.WriteAsync(body.AsMemory((int)from, (int)(to - from + 1)));
            Sent.AddOrUpdate(name, to - from + 1, (_, sent) => sent + to - from + 1);
        }
        catch (Exception e) when (e is HttpListenerException or IOException or ObjectDisposedException)
        {
            // The client went away.
        }
        finally
        {
            try
            {
                response.Close();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
            }
        }
    }
}
