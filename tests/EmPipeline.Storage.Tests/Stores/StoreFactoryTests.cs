namespace EmPipeline.Storage.Tests;

public class StoreFactoryTests
{
    private static readonly MirrorMap Mirror = new(new Uri("http://127.0.0.1:8080/mirror"), new Uri("http://127.0.0.1:9000"));

    [Theory]
    [InlineData("https://h.example/a/%20b/", "x", "https://h.example/a/%20b/x")]
    [InlineData("gs://bucket/path/jpeg", "info", "https://storage.googleapis.com/bucket/path/jpeg/info")]
    [InlineData("s3://bucket/some/pre fix/", "x", "s3://bucket/some/pre fix/x")]
    [InlineData("s3://bucket", "x", "s3://bucket/x")]
    [InlineData("gs://under_score.dot/a", "x", "https://storage.googleapis.com/under_score.dot/a/x")]
    public async Task Opens_each_scheme(string address, string key, string place)
    {
        await using var store = StoreFactory.Open(new Uri(address));
        store.Locate(key).Should().Be(place);
    }

    [Theory]
    [InlineData("https://h.example/a/%20b/", "x", "http://127.0.0.1:8080/mirror/h.example/a/%20b/x")]
    [InlineData("https://h.example:8443/a?alt=media", "x", "http://127.0.0.1:8080/mirror/h.example:8443/a/x?alt=media")]
    [InlineData("gs://bucket/path/jpeg", "info", "http://127.0.0.1:8080/mirror/storage.googleapis.com/bucket/path/jpeg/info")]
    [InlineData("s3://bucket/prefix", "x", "s3://bucket/prefix/x (at http://127.0.0.1:9000)")]
    public async Task Rewrites_addresses_to_a_mirror(string address, string key, string place)
    {
        await using var store = StoreFactory.Open(new Uri(address), Mirror);
        store.Locate(key).Should().Be(place);
    }

    [Fact]
    public void Rewrites_once_only()
    {
        var once = Mirror.Rewrite(new Uri("https://h.example/a"));
        Mirror.Rewrite(once).Should().Be(once);
        Mirror.Rewrite(new Uri("file:///data/raw")).Should().Be(new Uri("file:///data/raw"));
    }

    [Fact]
    public async Task Opens_a_local_folder_with_escapes_in_its_address()
    {
        using var folder = new TemporaryFolder();
        await folder.WriteAsync("a b/c", [1, 2]);
        await using var store = StoreFactory.Open(new Uri(new Uri(folder["a b"]).AbsoluteUri));
        (await store.ReadAllAsync("c")).Should().Equal(1, 2);
    }

    [Theory]
    [InlineData("ftp://h.example/a", "got scheme 'ftp'")]
    [InlineData("s3:///key", "got no bucket name")]
    [InlineData("relative/path", "got a relative address")]
    public void Refuses_other_addresses(string address, string message)
    {
        var open = () => StoreFactory.Open(new Uri(address, UriKind.RelativeOrAbsolute));
        open.Should().Throw<StorageException>().WithMessage($"{address}: {message}, expected file:///folder*").Which.Fault.Should().Be(StorageFault.Address);
    }

    [Theory]
    [InlineData("https://h.example/data/%20EM/volumedata.tif", "https://h.example/data/%20EM/", "volumedata.tif")]
    [InlineData("https://h.example/data/a%20b.tif", "https://h.example/data/", "a b.tif")]
    [InlineData("https://h.example/data/", "https://h.example/data/", "")]
    [InlineData("https://h.example/api/?type=map&image=1", "https://h.example/api/?type=map&image=1", "")]
    [InlineData("s3://bucket/a/b", "s3://bucket/a/", "b")]
    public void Splits_an_object_from_its_folder(string address, string folder, string key)
    {
        var (root, name) = StoreFactory.Split(new Uri(address));
        (root.AbsoluteUri, name).Should().Be((folder, key));
    }
}
