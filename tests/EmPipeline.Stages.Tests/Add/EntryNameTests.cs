using EmPipeline.Stages.Add;
using EmPipeline.Stages.Configuration;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Tests.Add;

public sealed class EntryNameTests
{
    [Theory]
    [InlineData("empiar:10311", SourceKind.Empiar, "10311", null)]
    [InlineData("EMPIAR-10311", SourceKind.Empiar, "10311", null)]
    [InlineData("empiar:10311/data/*.dm3", SourceKind.Empiar, "10311", "data/*.dm3")]
    [InlineData("https://www.ebi.ac.uk/empiar/EMPIAR-10311/", SourceKind.Empiar, "10311", null)]
    [InlineData("idr:9846137", SourceKind.Idr, "9846137", null)]
    [InlineData("https://idr.openmicroscopy.org/webclient/?show=image-9846137", SourceKind.Idr, "9846137", null)]
    [InlineData("https://idr.openmicroscopy.org/webclient/img_detail/9846137/", SourceKind.Idr, "9846137", null)]
    [InlineData("openorganelle:jrc_mus-nacc-2", SourceKind.OpenOrganelle, "jrc_mus-nacc-2", null)]
    [InlineData("openorganelle:jrc_mus-nacc-2/recon-2/em/fibsem-int16", SourceKind.OpenOrganelle, "jrc_mus-nacc-2", "recon-2/em/fibsem-int16")]
    [InlineData("https://openorganelle.janelia.org/datasets/jrc_hela-2", SourceKind.OpenOrganelle, "jrc_hela-2", null)]
    [InlineData("https://tinyurl.com/hemibrain-ng", SourceKind.Neuroglancer, "https://tinyurl.com/hemibrain-ng", null)]
    [InlineData("https://neuroglancer-demo.appspot.com/#!%7B%22layers%22:[]%7D", SourceKind.Neuroglancer, "https://neuroglancer-demo.appspot.com/#!%7B%22layers%22:[]%7D", null)]
    [InlineData("""{"layers":[]}""", SourceKind.Neuroglancer, """{"layers":[]}""", null)]
    internal void An_entry_is_named_by_its_number_or_its_page(string text, SourceKind kind, string address, string? part) =>
        EntryName.Parse(text).Should().Be(new EntryName(kind, address, part));

    [Theory]
    [InlineData("")]
    [InlineData("10311")]
    [InlineData("empiar:")]
    [InlineData("empiar:0")]
    [InlineData("idr:x")]
    [InlineData("emdb:1234")]
    [InlineData("scan.tif")]
    public void Anything_else_is_named_with_what_is_right(string text) =>
        FluentActions.Invoking(() => EntryName.Parse(text)).Should().Throw<EmException>().Which.Message.Should().StartWith($"--source: got '{text}', expected empiar:10311,");
}
