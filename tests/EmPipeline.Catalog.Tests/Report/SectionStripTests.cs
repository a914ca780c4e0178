using System.Text;
using EmPipeline.Catalog.Report;
using EmPipeline.Volumes.Sections;

namespace EmPipeline.Catalog.Tests.Report;

public sealed class SectionStripTests
{
    [Fact]
    public void Flagged_sections_are_marked_and_named_and_lines_break_where_nothing_was_measured()
    {
        var page = Render([.. Enumerable.Range(0, 10).Select(z => Section(z, z == 4 ? null : 100 + z, z == 7 ? SectionFlags.Blurred : SectionFlags.None))]);
        page.Should().Contain("10 sections along z, 1 flagged").And.Contain("z = 7: blurred").And.Contain("z = 7 blurred.");
        page.Split("<rect class=\"flag\" x=\"700\"").Should().HaveCount(2);
        var line = page.Split("<path class=\"mean\" d=\"")[1].Split('"')[0];
        line.Count(letter => letter == 'M').Should().Be(2);
        line.Count(letter => letter is 'M' or 'L').Should().Be(9);
    }

    [Fact]
    public void Very_many_sections_are_no_more_points_than_can_be_seen()
    {
        var page = Render([.. Enumerable.Range(0, 41_394).Select(z => Section(z, z % 100, z % 100 == 0 ? SectionFlags.Dark : SectionFlags.None))]);
        page.Split("<path class=\"mean\" d=\"")[1].Split('"')[0].Count(letter => letter is 'M' or 'L').Should().BeLessThan(502);
        page.Should().Contain("and 390 more in the table sections");
    }

    [Fact]
    public void Sections_without_a_voxel_have_no_line() => Render([Section(0, null, SectionFlags.Missing)]).Should().Contain("1 flagged").And.NotContain("<path");

    private static string Render(IReadOnlyList<SectionRow> sections)
    {
        var page = new StringBuilder();
        SectionStrip.Append(page, sections);
        return page.ToString();
    }

    private static SectionRow Section(long z, double? mean, SectionFlags flags) =>
        new() { Dataset = "a", Axis = "z", Index = z, Measured = new SectionRecord(z, mean, null, null, null, null, null, null, null, null, null, null, null, mean, null, null, null, flags) };
}
