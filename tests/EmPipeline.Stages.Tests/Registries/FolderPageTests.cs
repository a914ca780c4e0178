using EmPipeline.Stages.Registries;

namespace EmPipeline.Stages.Tests.Registries;

public sealed class FolderPageTests
{
    private static readonly Uri Folder = new("https://h.org/a%20b/data/");

    [Theory]
    [InlineData("""<a href="x.dm3">x</a> <a href="sub/">sub/</a>""", "x.dm3|sub/")]
    [InlineData("""<A title="t" HREF='x%20y.tif'>x y</A>""", "x y.tif")]
    [InlineData("""<a href="/a%20b/data/x.tif">absolute path</a><a href="https://h.org/a%20b/data/y.tif">whole address</a>""", "x.tif|y.tif")]
    [InlineData("""<a href="x&amp;y.tif">x</a><a href="./z.tif">z</a>""", "x&y.tif|z.tif")]
    [InlineData("""<a href="?C=N;O=D">Name</a><a href="/a%20b/">Parent</a><a href="../">up</a><a href="https://else.org/a%20b/data/x.tif">x</a><a href="sub/x.tif">deeper</a><a>none</a>""", "")]
    [InlineData("""<a href="x.tif"><img></a><a href="x.tif">x.tif</a>""", "x.tif")]
    [InlineData("Service unavailable", "")]
    public void Links_to_what_lies_in_the_folder_are_its_names(string html, string names) =>
        string.Join('|', FolderPage.Names(html, Folder)).Should().Be(names);
}
