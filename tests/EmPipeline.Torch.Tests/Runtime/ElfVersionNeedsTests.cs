using CsCheck;
using EmPipeline.Torch.Runtime;
using EmPipeline.Volumes;

namespace EmPipeline.Torch.Tests.Runtime;

public class ElfVersionNeedsTests
{
    [Fact]
    public void Libraries_and_versions_are_read()
    {
        var needs = ElfVersionNeeds.Read(SmallElf.Make(), "small.so");
        needs.Select(need => (need.Library, need.Version, need.Weak)).Should().Equal(
            ("libstdc++.so.6", "GLIBCXX_3.4.32", false), ("libstdc++.so.6", "GLIBCXX_3.4.21", false), ("libc.so.6", "GLIBC_2.34", true));
    }

    [Fact]
    public void Only_the_flag_of_the_named_version_changes()
    {
        var image = SmallElf.Make();
        var before = image.ToArray();
        ElfVersionNeeds.MakeWeak(image, "GLIBCXX_3.4.32", "small.so").Should().Be(1);
        image.Zip(before).Count(pair => pair.First != pair.Second).Should().Be(1);
        ElfVersionNeeds.Read(image, "small.so").Where(need => need.Weak).Select(need => need.Version).Should().Equal("GLIBCXX_3.4.32", "GLIBC_2.34");
        ElfVersionNeeds.MakeWeak(image, "GLIBCXX_3.4.32", "small.so").Should().Be(0);
    }

    [Fact]
    public void A_version_that_nobody_asks_for_changes_nothing()
    {
        var image = SmallElf.Make();
        ElfVersionNeeds.MakeWeak(image, "GLIBCXX_3.4", "small.so").Should().Be(0);
        image.Should().Equal(SmallElf.Make());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    [InlineData(63)]
    [InlineData(400)]
    public void A_truncated_library_is_corrupt(int length)
    {
        var act = () => ElfVersionNeeds.Read(SmallElf.Make()[..length], "small.so");
        act.Should().Throw<EmException>().WithMessage("small.so: *").Which.Fault.Should().Be(Fault.Corrupt);
    }

    [Fact]
    public void Damage_anywhere_is_an_error_or_harmless_never_a_hang()
    {
        var image = SmallElf.Make();
        Gen.Select(Gen.Int[0, image.Length - 1], Gen.Byte).Array[1, 8].Sample(damage =>
        {
            var copy = image.ToArray();
            foreach (var (at, value) in damage)
                copy[at] = value;
            try
            {
                ElfVersionNeeds.Read(copy, "small.so").Count.Should().BeLessThan(100_000);
            }
            catch (EmException error)
            {
                error.Fault.Should().Be(Fault.Corrupt);
            }
        });
    }
}
