using EmPipeline.Stages.Configuration;
using EmPipeline.Volumes;
using EmPipeline.Volumes.Labels;

namespace EmPipeline.Stages.Tests.Labels;

public sealed class LabelsConfigTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_label_is_a_unit_of_its_own_after_its_image()
    {
        var config = Read("kind: classes, classes: { 1: mitochondria, 18446744073709551615: nuclei }, unknown: [4, -9223372036854775808], annotation: manual, licence: CC0-1.0, voxelSize: [4.5, 4, 4], offset: [-2, 0, 0.5], chunk: [16, 16, 16]");
        config.Units.Select(unit => unit.Name).Should().Equal("a", "a/things");
        var unit = config.Dataset("a/things");
        unit.Output.Chunk.Should().Be(NdIndex.Filled(3, 16));
        unit.Output.Shard.Should().Be(NdIndex.Filled(3, 64), "what it does not say it takes from its dataset");
        unit.Output.Codec.Should().Be("auto", "labels compress where images may not");
        var label = unit.Label!;
        (label.Image, label.Name, label.Origin, label.Scheme.Kind, label.Annotation, label.Licence).Should().Be(("a", "things", "groundtruth", LabelKind.Classes, "manual", "CC0-1.0"));
        label.Scheme.Classes.Should().BeEquivalentTo(new Dictionary<Int128, string> { [1] = "mitochondria", [ulong.MaxValue] = "nuclei" });
        label.Scheme.Unknown.Should().Equal(long.MinValue, 4);
        label.VoxelSize.Should().Be(new VoxelSize(4.5, 4, 4));
        label.Offset.Should().Be((-2.0, 0.0, 0.5));
        label.ImageBlock.Should().Be(NdIndex.Filled(3, 64));
        config.Dataset("a").Raw.ContainsKey("labels").Should().BeFalse("a label makes nothing of its image stale");
    }

    [Theory]
    [InlineData("kind: both", "labels.things.kind", "got \"both\", expected instances")]
    [InlineData("classes: { 1: a }", "labels.things.kind", "got no such key, expected instances")]
    [InlineData("kind: classes", "labels.things.classes", "got none, expected a map from value to class")]
    [InlineData("kind: instances, classes: { 1: a }", "labels.things.classes", "got classes for kind instances")]
    [InlineData("kind: classes, classes: { x: a }", "labels.things.classes.x", "got 'x', expected an integer")]
    [InlineData("kind: classes, classes: { 01: a }", "labels.things.classes.01", "got '01', expected an integer")]
    [InlineData("kind: classes, classes: { 18446744073709551616: a }", "labels.things.classes.18446744073709551616", "expected an integer")]
    [InlineData("kind: classes, classes: { 1: 'A b' }", "labels.things.classes.1", "got 'A b', expected a name of a-z")]
    [InlineData("kind: classes, classes: { 1: a }, unknown: [1]", "labels.things.unknown[0]", "got 1, which is a class too")]
    [InlineData("kind: instances, unknown: [0.5]", "labels.things.unknown[0]", "got 0.5, expected an integer")]
    [InlineData("kind: instances, voxelSize: [4, 4]", "labels.things.voxelSize", "expected three positive numbers")]
    [InlineData("kind: instances, voxelSize: [4, 4, 0]", "labels.things.voxelSize[2]", "got 0, expected a positive number")]
    [InlineData("kind: instances, origin: guess", "labels.things.origin", "expected groundtruth or prediction")]
    [InlineData("kind: instances, downsample: mean", "labels.things.downsample", "got an unknown key")]
    [InlineData("kind: instances, chunk: [48, 48, 48]", "labels.things.chunk", "expected a chunk that divides the shard")]
    public void A_mistake_is_named_with_its_line(string keys, string key, string message)
    {
        var read = () => Read(keys);
        read.Should().Throw<EmException>().Which.Message.Should().Contain("pipeline.yaml:").And.Contain(key + ": ").And.Contain(message);
    }

    [Fact]
    public void A_name_becomes_a_folder_and_a_column()
    {
        var read = () => Read("kind: instances", "Big things");
        read.Should().Throw<EmException>().Which.Message.Should().Contain("datasets.a.labels.Big things: got 'Big things', expected a name of a-z");
    }

    private PipelineConfig Read(string keys, string name = "things") => ConfigReader.Read(_folder.Write("pipeline.yaml", $$"""
        version: 1
        datasets:
          a:
            source: { http: "https://h/f.tif" }
            shard: [64, 64, 64]
            codec: raw
            labels:
              {{name}}: { source: { http: "https://h/g.tif" }, {{keys}} }

        """));
}
