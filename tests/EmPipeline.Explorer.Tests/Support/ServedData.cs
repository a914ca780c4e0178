using System.Net;
using EmPipeline.Explorer.Tests.Support;

[assembly: AssemblyFixture(typeof(ServedData))]

namespace EmPipeline.Explorer.Tests.Support;

/// <summary>The test data, served once for all tests that only look at it.</summary>
public sealed class ServedData : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private ExplorerServer _server = null!;

    public string Folder => _folder.Path;

    /// <summary>With a slash at the end.</summary>
    public Uri Address => new(_server.Address);

    public HttpClient Client { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await TestData.MakeAsync(Folder);
        _server = await StartAsync(Folder);
        Client = new HttpClient { BaseAddress = Address };
    }

    internal static Task<ExplorerServer> StartAsync(string folder, TimeSpan? queryTime = null) => ExplorerServer.StartAsync(new ViewOptions(folder, IPAddress.Loopback, 0, null), queryTime: queryTime);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _server.DisposeAsync();
        _folder.Dispose();
    }
}
