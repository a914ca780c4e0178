namespace EmPipeline.Catalog.Tests.Report;

public sealed class ReportPageTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private string _page = "";

    public async ValueTask InitializeAsync()
    {
        await CatalogBuilder.BuildAsync(Samples.Content(), _folder.Path);
        _page = await File.ReadAllTextAsync(_folder["report.html"]);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public void The_page_asks_for_nothing_outside_itself()
    {
        _page.Should().NotContain("<script").And.NotContain("<link").And.NotContain("<img").And.NotContain("@import").And.NotContain("url(");
        _page.Should().NotContain("href=\"http");
    }

    [Fact]
    public void Text_from_sources_is_encoded() => _page.Should().Contain("A crop, with &quot;quotes&quot;, &amp; &lt;tags&gt;").And.NotContain("<tags>");

    [Fact]
    public void Datasets_conflicts_and_levels_are_there() =>
        _page.Should().Contain("16 × 300 × 270").And.Contain("<b>5496</b>").And.Contain("5628").And.Contain("zarr/crop.zarr/s1").And.Contain("[10..210, 20..150, 30..286]");

    [Fact]
    public void Each_dataset_has_two_histograms_of_all_its_blocks()
    {
        _page.Split("<svg").Should().HaveCount(1 + 2 * 2);
        _page.Split("<title>").Skip(2).Sum(part => int.Parse(part[..part.IndexOf(' ')], System.Globalization.CultureInfo.InvariantCulture)).Should().Be(2 * (7 + 9));
    }
}
