using EmPipeline.Demo.Mirroring;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EmPipeline.Demo.Serving;

/// <summary>The mirror's two servers on free loopback ports. Serves until disposed.</summary>
internal sealed class MirrorServer : IAsyncDisposable
{
    private readonly WebApplication _http;
    private readonly WebApplication _s3;

    private MirrorServer(WebApplication http, WebApplication s3) => (_http, _s3) = (http, s3);

    /// <summary>"http://127.0.0.1:PORT" of the HTTP mirror: /HOST/PATH.</summary>
    public string HttpAddress => _http.Urls.First();

    /// <summary>"http://127.0.0.1:PORT" of the S3 endpoint: /BUCKET/KEY.</summary>
    public string S3Address => _s3.Urls.First();

    /// <summary>Starts both servers over the mirror in <paramref name="folder"/>, which <paramref name="stamp"/> describes.</summary>
    public static async Task<MirrorServer> StartAsync(string folder, MirrorStamp stamp, CancellationToken cancellation = default)
    {
        var http = await ListenAsync(new HttpMirror(folder, stamp.Files).AnswerAsync, cancellation);
        return new MirrorServer(http, await ListenAsync(new S3Endpoint(Path.Combine(folder, "s3")).AnswerAsync, cancellation));
    }

    public async ValueTask DisposeAsync()
    {
        await _http.DisposeAsync();
        await _s3.DisposeAsync();
    }

    private static async Task<WebApplication> ListenAsync(RequestDelegate answer, CancellationToken cancellation)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Run(answer);
        await app.StartAsync(cancellation);
        return app;
    }
}
