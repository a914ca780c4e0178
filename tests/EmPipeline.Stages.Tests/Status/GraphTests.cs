using System.Xml.Linq;
using EmPipeline.Stages.Status;

namespace EmPipeline.Stages.Tests.Status;

public sealed class GraphTests : IAsyncDisposable
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";
    private readonly SmallPipeline _pipeline = new();
    private readonly TemporaryFolder _folder = new();

    public async ValueTask DisposeAsync()
    {
        await _pipeline.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task It_says_what_a_run_would_do_and_why()
    {
        Text().Should().Contain("local   ✗ Download → ✗ Verify → ✗ ExtractMetadata → ✗ Rechunk\n").And.Contain("  Download, Verify, ExtractMetadata, Rechunk: it has not run yet\n");
        await _pipeline.RunAsync();
        Text().Should().Contain("local   ✓ Download → ✓ Verify → ✓ ExtractMetadata → ✓ Rechunk\n").And.Contain("(all)   ✓ Catalog\n").And.NotContain("it has not run");
        _pipeline.Configure(remote: ", chunk: [16, 16, 16]");
        Text().Should().Contain("local   ✓ Download → ✓ Verify → ✓ ExtractMetadata → ✓ Rechunk\n").And.Contain("remote  ✓ Download → ✓ Verify → ✓ ExtractMetadata → ✗ Rechunk\n").And.Contain("Rechunk: chunk changed: was [32,32,32], is [16,16,16]");
    }

    [Fact]
    public void Every_stage_of_the_repositorys_configuration_is_there_and_comes_after_what_it_waits_for()
    {
        var nodes = Repositorys();
        var places = nodes.Select((node, at) => ((node.Row.Dataset, node.Row.Stage), at)).ToDictionary();
        nodes.Should().HaveCount((12 * Stage.All.Count) + 1);
        foreach (var node in nodes.Where(node => !node.Row.Dataset.StartsWith("epfl", StringComparison.Ordinal)))
        {
            var place = places[(node.Row.Dataset, node.Row.Stage)];
            node.After.Should().OnlyContain(before => places[before] < place);
        }

        After("hemibrain", "Verify").Should().Equal(("hemibrain", "Download"));
        After("hemibrain/neurons", "Download").Should().Equal(("hemibrain", "ExtractMetadata"));
        After("hemibrain/neurons", "Rechunk").Should().Equal(("hemibrain/neurons", "ExtractMetadata"), ("hemibrain", "Rechunk"));
        After("epfl-training", "ExtractMetadata").Should().Equal(("epfl-training", "Verify"), ("epfl-hippocampus", "Verify"));
        After("(all)", "Catalog").Should().HaveCount(12).And.OnlyContain(before => before.Stage == "Rechunk");

        IReadOnlyList<(string Dataset, string Stage)> After(string dataset, string stage) => nodes.Single(node => (node.Row.Dataset, node.Row.Stage) == (dataset, stage)).After;
    }

    [Fact]
    public void The_picture_has_a_box_a_stage_none_over_another_and_an_arrow_for_each_wait()
    {
        var nodes = Repositorys();
        var picture = XDocument.Parse(GraphSvg.Of(nodes, "of it"));
        var boxes = picture.Descendants(Svg + "g").Select(box => box.Element(Svg + "rect")!).Select(box => (X: (int)box.Attribute("x")!, Y: (int)box.Attribute("y")!, Width: (int)box.Attribute("width")!, Height: (int)box.Attribute("height")!)).ToList();
        boxes.Should().HaveCount(nodes.Count);
        for (var i = 0; i < boxes.Count; i++)
            boxes.Skip(i + 1).Should().NotContain(other => other.X < boxes[i].X + boxes[i].Width && boxes[i].X < other.X + other.Width && other.Y < boxes[i].Y + boxes[i].Height && boxes[i].Y < other.Y + other.Height);
        var (width, height) = ((int)picture.Root!.Attribute("width")!, (int)picture.Root.Attribute("height")!);
        boxes.Should().OnlyContain(box => box.X + box.Width < width && box.Y + box.Height < height);
        picture.Descendants(Svg + "path").Count(path => ((string?)path.Attribute("class"))?.StartsWith("arrow", StringComparison.Ordinal) == true).Should().Be(nodes.Sum(node => node.After.Count));
    }

    [Fact]
    public void Whatever_a_reason_says_is_text()
    {
        const string reason = "title changed: was \"<script>alert(1)</script> & \u0001\", is ]]>";
        var picture = XDocument.Parse(GraphSvg.Of([new GraphNode(new StatusRow("a", "Download", reason), [])], "<of> it"));
        picture.Descendants(Svg + "title").Last().Value.Should().Be("Download of a: " + reason.Replace("\u0001", "", StringComparison.Ordinal));
        picture.Descendants().Should().NotContain(element => element.Name.LocalName == "script");
    }

    private IReadOnlyList<GraphNode> Repositorys() => GraphReport.Of(PipelineRun.Open(Repository.File("pipeline.yaml"), new DataFolder(_folder["none"]), _folder["none.lock.json"]), []);

    private string Text() => GraphText.Of(GraphReport.Of(_pipeline.Open(), []));
}
