using EmPipeline.Demo.Mirroring;
using EmPipeline.Demo.Serving;
using EmPipeline.Demo.Tests.Support;

[assembly: AssemblyFixture(typeof(Mirror))]

namespace EmPipeline.Demo.Tests.Support;

/// <summary>One mirror, made and served once for all tests.</summary>
public sealed class Mirror : IAsyncLifetime
{
    private MirrorServer? _server;

    public string Folder { get; } = Directory.CreateTempSubdirectory("empipeline-mirror-").FullName;

    internal MirrorStamp Stamp { get; private set; } = new(0, []);

    public string HttpAddress => _server!.HttpAddress;

    public string S3Address => _server!.S3Address;

    /// <summary>The file that answers this address.</summary>
    public string FileOf(string url) => Path.Combine(Folder, MirrorFolder.HttpPath(url));

    public async ValueTask InitializeAsync()
    {
        (Stamp, _) = MirrorGenerator.Generate(Folder);
        _server = await MirrorServer.StartAsync(Folder, Stamp);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}
