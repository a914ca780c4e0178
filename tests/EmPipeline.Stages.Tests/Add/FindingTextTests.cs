using System.Text.Json.Nodes;
using EmPipeline.Catalog.Consolidation;
using EmPipeline.Stages.Add;
using EmPipeline.Stages.Configuration;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Tests.Add;

public sealed class FindingTextTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Of_a_volume_that_nobody_would_fetch_whole_a_crop_is_proposed()
    {
        var finding = Finding("x") with { Shape = new NdIndex(41394, 39725, 34427), DecodedBytes = 41394L * 39725 * 34427 };
        FindingText.Lines(finding, "a").Should().Contain("  crop: { shape: [1000, 1000, 1000], origin: random, seed: 1, tissue: 0.9 }");
        FindingText.Facts(finding).Should().Contain(line => line.Contains("56.6 TB uncompressed", StringComparison.Ordinal));
        FindingText.Lines(finding with { Shape = new NdIndex(100, 100, 100), DecodedBytes = 1_000_000 }, "a").Should().NotContain(line => line.Contains("crop", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("two\nlines: # and a key")]
    [InlineData("\u001b[31mred\u0000")]
    [InlineData("<script>alert('x')</script> \"quoted\" \\ {a: b}")]
    [InlineData("\ud83d\ude00 half \ud83d")]
    public void Whatever_a_registry_says_stays_a_comment_and_the_configuration_right(string said)
    {
        var finding = Finding(said);
        var text = "version: 1\ndatasets:\n" + string.Concat(FindingText.Lines(finding, "a").Select(line => $"  {line}\n"));
        var read = ConfigReader.Read(_folder.Write("pipeline.yaml", text)).Datasets.Should().ContainSingle().Subject;
        (read.Source.Address, read.Source.Part).Should().Be(("https://h.org/#!" + said.Replace("\ud83d\ude00 half \ud83d", "x"), "it's"));
        read.Facts["licence"].Should().Be("CC BY: 4.0");
        FindingText.Facts(finding).Should().OnlyContain(line => !line.Any(char.IsControl));
    }

    private static Finding Finding(string said) => new(
        "a", new JsonObject { ["neuroglancer"] = "https://h.org/#!" + said.Replace("\ud83d\ude00 half \ud83d", "x"), ["layer"] = "it's" }, new ResolvedSource(SourceKind.Precomputed, ["gs://bucket/x"]))
    {
        Stated = Consolidator.Consolidate("a", [new Claim(Fields.Title, said, null, "somewhere", ClaimKind.Registry)]),
        Licence = "CC BY: 4.0",
    };
}
