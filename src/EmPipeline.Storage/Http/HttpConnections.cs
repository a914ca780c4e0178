using System.Net;
using System.Net.Http.Headers;

namespace EmPipeline.Storage;

/// <summary>The one connection pool of the process: connections and TLS handshakes are shared by all stores, and limited per host.</summary>
internal static class HttpConnections
{
    // A bound for accidents: how many requests run at a time is the caller's to say, since one that waits here would look stalled.
    private const int PerHost = 64;

    private static readonly Lazy<HttpClient> Pool = new(() => Client(Handler(), owned: true));

    public static HttpClient Shared => Pool.Value;

    public static SocketsHttpHandler Handler() => new()
    {
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = TimeSpan.FromSeconds(15),
        EnableMultipleHttp2Connections = true,
        MaxConnectionsPerServer = PerHost,
        PooledConnectionLifetime = TimeSpan.FromMinutes(10),
        UseCookies = false,
    };

    /// <summary>Without a timeout of its own: <see cref="StallGuard"/> watches for bytes that do not come, however long a body may be.</summary>
    public static HttpClient Client(HttpMessageHandler handler, bool owned = false)
    {
        var client = new HttpClient(handler, disposeHandler: owned) { Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("EmPipeline", typeof(HttpConnections).Assembly.GetName().Version?.ToString(3)));
        // Sizes, ranges and checksums are those of the stored bytes: a body compressed on the way has others.
        client.DefaultRequestHeaders.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity"));
        return client;
    }
}
