using CsCheck;
using EmPipeline.Formats.Attributes;
using EmPipeline.Stages.Ledgers;
using EmPipeline.Stages.Metadata;

namespace EmPipeline.Stages.Tests.Metadata;

public sealed class EqualInAllTests
{
    // Sections of few names and values, some twice, some missing.
    private static readonly Gen<(string Path, string Value)[][]> Sections =
        Gen.Select(Gen.Char['a', 'e'].Select(name => name.ToString()), Gen.Frequency((9, Gen.Const("1")), (1, Gen.Const("2")))).Array[0, 7].Array[1, 9];

    [Fact]
    public void What_all_sections_state_alike_is_one_row_and_the_rest_a_row_a_section() => Sections.Sample(sections =>
    {
        var merge = new EqualInAll();
        var rows = new List<FileAttribute>();
        foreach (var (index, section) in sections.Index())
            rows.AddRange(merge.Add($"{index}.dm3", null, section.Select(value => StoredAttribute.OfText(value.Path, "string", value.Value))));
        rows.AddRange(merge.Rest());
        rows.Should().BeEquivalentTo(Naive(sections));
    });

    [Fact]
    public void Of_the_pages_of_one_file_the_file_is_named()
    {
        var merge = new EqualInAll();
        var rows = Enumerable.Range(0, 3).SelectMany(page => merge.Add("a.tif", $"page {page}", [StoredAttribute.OfText("w", "SHORT", "5"), StoredAttribute.OfText("at", "LONG", $"{page}")]).ToList()).ToList();
        rows.AddRange(merge.Rest());
        rows.Where(row => row.Path == "w").Should().ContainSingle().Which.Should().Match<FileAttribute>(row => row.File == "a.tif" && row.Part == null && row.Count == 3);
        rows.Where(row => row.Path == "at").Select(row => (row.Part, row.Value)).Should().Equal(("page 0", "0"), ("page 1", "1"), ("page 2", "2"));
    }

    private static IEnumerable<FileAttribute> Naive((string Path, string Value)[][] sections)
    {
        var named = sections.Select(section => section.Select((value, i) => (
            Path: section.Take(i).Count(before => before.Path == value.Path) is > 0 and var times ? $"{value.Path} ({times + 1})" : value.Path, value.Value)).ToList()).ToList();
        foreach (var path in named.SelectMany(section => section.Select(value => value.Path)).Distinct())
        {
            var values = named.SelectMany((section, i) => section.Where(value => value.Path == path).Select(value => (File: $"{i}.dm3", value.Value))).ToList();
            if (values.Count == named.Count && values.Select(value => value.Value).Distinct().Count() == 1)
                yield return Row(named.Count == 1 ? "0.dm3" : null, path, values[0].Value, named.Count);
            else
            {
                foreach (var (file, value) in values)
                    yield return Row(file, path, value, 1);
            }
        }
    }

    private static FileAttribute Row(string? file, string path, string value, long count) => new(file, null, path, "string", value, null, null, null, count);
}
