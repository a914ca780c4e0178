using EmPipeline.Stages.Configuration;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Tests.Configuration;

public sealed class TargetNamesTests
{
    [Theory]
    [InlineData("https://x.org/data/slice_{08..10}.tif", "slice_08.tif slice_09.tif slice_10.tif")]
    [InlineData("https://x.org/data/a{0..2}/image.tif", "a0_image.tif a1_image.tif a2_image.tif")]
    [InlineData("https://x.org/{1..2}/deep/er/image.tif", "1_deep_er_image.tif 2_deep_er_image.tif")]
    [InlineData("https://x.org/run%20{1..2}/image.tif", "run 1_image.tif run 2_image.tif")]
    [InlineData("https://x.org/only/image.tif", "image.tif")]
    [InlineData("https://x.org/o/a%2F..%2F..%2Fimage.tif", "a_.._.._image.tif")]
    public void Every_address_gets_a_file_of_its_own(string pattern, string names) =>
        TargetNames.Of(Uris(pattern), "here").Should().Equal(names.Split(".tif ").Select(name => name.EndsWith(".tif", StringComparison.Ordinal) ? name : name + ".tif"));

    [Theory]
    [InlineData("https://x.org/image.tif?z={0..1}")]
    [InlineData("https://x{0..1}.org/image.tif")]
    public void Addresses_that_no_file_name_tells_apart_are_refused(string pattern)
    {
        var names = () => TargetNames.Of(Uris(pattern), "datasets.mine.source.http");
        names.Should().Throw<EmException>().WithMessage($"datasets.mine.source.http: got {pattern.Replace("{0..1}", "0", StringComparison.Ordinal)} and {pattern.Replace("{0..1}", "1", StringComparison.Ordinal)}*");
    }

    private static List<Uri> Uris(string pattern) => AddressPattern.Expand(pattern).Select(address => new Uri(address)).ToList();
}
