using EmPipeline.Stages.Configuration;

namespace EmPipeline.Stages.Tests.Configuration;

public sealed class AddressPatternTests
{
    [Fact]
    public void A_run_of_numbers_keeps_its_zero_padding()
    {
        AddressPattern.Expand("https://h/slice_{0008..0011}.dm3").Should().Equal(
            "https://h/slice_0008.dm3", "https://h/slice_0009.dm3", "https://h/slice_0010.dm3", "https://h/slice_0011.dm3");
    }

    [Fact]
    public void Two_runs_give_every_pair_and_no_run_gives_the_address_itself()
    {
        AddressPattern.Expand("a{1..2}b{3..4}").Should().Equal("a1b3", "a1b4", "a2b3", "a2b4");
        AddressPattern.Expand("https://h/f.tif").Should().Equal("https://h/f.tif");
    }

    [Theory]
    [InlineData("a{1..")]
    [InlineData("a{}")]
    [InlineData("a{5..1}")]
    [InlineData("a{x..y}")]
    [InlineData("a{0..99999999999}")]
    public void Anything_else_in_braces_is_refused(string pattern)
    {
        Assert.Throws<FormatException>(() => AddressPattern.Expand(pattern)).Message.Should().Contain(pattern);
    }
}
