namespace EmPipeline.Storage.Tests;

public sealed class RealPathTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Follows_links_anywhere_on_the_way_and_keeps_what_does_not_exist()
    {
        var root = RealPath.Of(_folder.Path);
        Directory.CreateDirectory(Path.Combine(root, "a/b"));
        Directory.CreateSymbolicLink(Path.Combine(root, "a/up"), "..");
        Directory.CreateSymbolicLink(Path.Combine(root, "link"), "a/up/a/b");
        Directory.CreateSymbolicLink(Path.Combine(root, "far"), Path.Combine(root, "link"));
        RealPath.Of(Path.Combine(root, "far/not/there_*.tif")).Should().Be(Path.Combine(root, "a/b/not/there_*.tif"));
        RealPath.Of(Path.Combine(root, "a/./b/")).Should().Be(Path.Combine(root, "a/b"));
        RealPath.Of("/").Should().Be("/");
    }

    [Fact]
    public void Links_in_a_circle_are_an_error()
    {
        Directory.CreateSymbolicLink(_folder["one"], _folder["two"]);
        Directory.CreateSymbolicLink(_folder["two"], _folder["one"]);
        var real = () => RealPath.Of(_folder["one/file"]);
        real.Should().Throw<StorageException>().WithMessage("*circle*");
    }

    [Theory]
    [InlineData("/data/raw", "/data/raw", true)]
    [InlineData("/data/raw/x", "/data/raw", true)]
    [InlineData("/data/raws", "/data/raw", false)]
    [InlineData("/data", "/data/raw", false)]
    [InlineData("/data", "/", true)]
    public void Knows_what_lies_in_a_folder(string path, string folder, bool within) => RealPath.IsWithin(path, folder).Should().Be(within);
}
