using System.Net;
using EmPipeline.Explorer.Answers;
using EmPipeline.Explorer.Catalogue;
using EmPipeline.Explorer.Planes;
using EmPipeline.Explorer.Requests;
using EmPipeline.Explorer.Stores;
using EmPipeline.Volumes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EmPipeline.Explorer;

/// <summary>Serves the page, and what it shows, until disposed. Only reads.</summary>
internal sealed class ExplorerServer : IAsyncDisposable
{
    private const int MostBodyBytes = 64 << 10;
    private static readonly TimeSpan UsualQueryTime = TimeSpan.FromSeconds(20);
    private readonly WebApplication _app;
    private readonly Shown _shown;

    private ExplorerServer(WebApplication app, Shown shown) => (_app, _shown) = (app, shown);

    /// <summary>"http://127.0.0.1:5151/".</summary>
    public string Address => _app.Urls.First().Replace("0.0.0.0", Environment.MachineName, StringComparison.Ordinal).Replace("[::]", Environment.MachineName, StringComparison.Ordinal).TrimEnd('/') + "/";

    /// <param name="queryTime">How long a query of the SQL box may take.</param>
    /// <exception cref="EmException">The port is taken, or may not be had.</exception>
    public static async Task<ExplorerServer> StartAsync(ViewOptions options, CancellationToken cancellation = default, TimeSpan? queryTime = null)
    {
        var shown = new Shown(new LiveCatalogue(options.Data), new OpenArrays(options.Data));
        try
        {
            return await ListenAsync(options.Port ?? ViewOptions.UsualPort);
        }
        catch (IOException) when (options.Port is null)
        {
            return await ListenAsync(0);
        }
        catch (IOException error)
        {
            throw new EmException(Fault.Configuration, $"--port: got {options.Port}, which cannot be listened on ({error.Message}). Choose another, or leave it out.", error);
        }

        async Task<ExplorerServer> ListenAsync(int port)
        {
            var app = Make(options, port, shown, queryTime ?? UsualQueryTime);
            try
            {
                await app.StartAsync(cancellation);
                return new ExplorerServer(app, shown);
            }
            catch
            {
                await app.DisposeAsync();
                throw;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        await _shown.Arrays.DisposeAsync();
        _shown.Catalogue.Dispose();
    }

    private static WebApplication Make(ViewOptions options, int port, Shown shown, TimeSpan queryTime)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(new IPEndPoint(options.Host, port));
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MostBodyBytes;
        });
        builder.Services.AddRoutingCore();
        // Ctrl-C is not kept waiting by a slow query.
        builder.WebHost.UseShutdownTimeout(TimeSpan.FromSeconds(2));
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Use(next => context => SecurityHeaders.AddAsync(context, next));
        app.Use(next => context => Failures.CatchAsync(context, next));
        var hosts = new HostCheck(options.Host);
        app.Use(next => context => hosts.CheckAsync(context, next));
        app.UseRouting();
        Map(app, options, shown, queryTime);
        return app;
    }

    private static void Map(WebApplication app, ViewOptions options, Shown shown, TimeSpan queryTime)
    {
        var (tiles, sql, run, stores, page) = (new TileAnswer(shown), new SqlAnswer(shown, queryTime), new RunAnswer(shown, options.Data), new StoreFiles(options.Data), new PageFiles());
        app.MapGet("/api/datasets", (Delegate)new DatasetsAnswer(shown).GetAsync);
        app.MapGet("/api/volume/{dataset}", new VolumeAnswer(shown).GetAsync);
        app.MapGet("/api/card/{dataset}", tiles.CardAsync);
        app.MapGet("/api/value/{dataset}/{z:long}/{y:long}/{x:long}", new ValueAnswer(shown).GetAsync);
        app.MapGet("/api/blocks/{dataset}/{axis}/{index:long}", new BlocksAnswer(shown).GetAsync);
        app.MapGet("/api/sections/{dataset}/{axis}", new SectionsAnswer(shown).GetAsync);
        app.MapGet("/api/metadata/{dataset}", new MetadataAnswer(shown).GetAsync);
        app.MapGet("/api/attributes/{dataset}", new AttributesAnswer(shown).GetAsync);
        app.MapGet("/api/schema", (Delegate)new SchemaAnswer(shown).GetAsync);
        app.MapPost("/api/sql", sql.PostAsync);
        app.MapGet("/api/run", run.Get);
        app.MapGet("/tile/{dataset}/image/{level:int}/{axis}/{index:long}/{row:int}_{column:int}", tiles.ImageAsync);
        app.MapGet("/tile/{dataset}/{origin}/{label}/{level:int}/{axis}/{index:long}/{row:int}_{column:int}", tiles.LabelAsync);
        app.MapMethods("/zarr/{**key}", ["GET", "HEAD"], stores.Get);
        app.MapMethods("/zarr/{**key}", ["OPTIONS"], StoreFiles.Preflight);
        app.MapMethods("/{**path}", ["GET", "HEAD"], (HttpContext context) => page.Find(context.Request.Path) ?? throw RefusedException.NotFound(context.Request.Path));
    }
}
