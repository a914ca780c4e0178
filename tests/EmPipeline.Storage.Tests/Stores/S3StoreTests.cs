namespace EmPipeline.Storage.Tests;

public class S3StoreTests : StoreConformance
{
    private S3Server _server = null!;

    protected virtual string Prefix => "";

    protected override async Task<IStore> MakeAsync(IReadOnlyDictionary<string, byte[]> objects)
    {
        _server = await S3Server.StartAsync();
        foreach (var (key, bytes) in objects)
            _server.Objects[$"bucket/{Prefix}{key}"] = bytes;
        _server.Objects[$"other/{Prefix}a/x"] = [1];
        return new S3Store("bucket", Prefix, TestRetries.S3(_server.Address));
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _server.DisposeAsync();
    }
}

public sealed class S3StoreBelowPrefixTests : S3StoreTests
{
    protected override string Prefix => "jrc_mus-nacc-2/jrc mus.zarr/";
}
