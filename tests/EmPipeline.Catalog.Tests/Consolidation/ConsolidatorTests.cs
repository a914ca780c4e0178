using CsCheck;
using EmPipeline.Catalog.Consolidation;
using EmPipeline.Volumes;

namespace EmPipeline.Catalog.Tests.Consolidation;

public class ConsolidatorTests
{
    private static Consolidated Of(params Claim[] claims) => Consolidator.Consolidate("d", claims);

    private static Claim A(string field, string value, ClaimKind kind, string? unit = null, string origin = "o") => new(field, value, unit, origin, kind);

    [Fact]
    public void Configuration_beats_file_beats_registry_beats_page()
    {
        var claims = Enum.GetValues<ClaimKind>().Reverse().Select(kind => A(Fields.Organism, kind.ToString(), kind)).ToList();
        while (claims.Count > 0)
        {
            Of([.. claims])[Fields.Organism].Should().Be(claims.Min(claim => claim.Kind).ToString());
            claims.RemoveAt(claims.Count - 1);
        }
    }

    [Fact]
    public void Among_equals_the_first_counts_and_the_other_is_a_conflict()
    {
        var found = Of(A(Fields.Organism, "mouse", ClaimKind.Page, origin: "one"), A(Fields.Organism, "human", ClaimKind.Page, origin: "two"));
        found[Fields.Organism].Should().Be("mouse");
        found.Conflicts.Should().ContainSingle().Which.Should().Be(
            new ConflictRecord("d", Fields.Organism, "mouse", "one", "human", "two", "both are a page; the first counts"));
    }

    [Theory]
    [InlineData(Fields.VoxelSizeX, "8", "nm", "80.0", "Å")]
    [InlineData(Fields.VoxelSizeX, "8", null, "80.0", "\u212b")]
    [InlineData(Fields.VoxelSizeX, "20", "nm", "0.02", "µm")]
    [InlineData(Fields.VoxelSizeX, "20", "nm", "0.02", "\u03bcm")]
    [InlineData(Fields.VoxelSizeX, "20", "nm", "0.02", "MICROMETER")]
    [InlineData(Fields.VoxelSizeX, "20", "nanometers", "0.02", "micrometers")]
    [InlineData(Fields.VoxelSizeX, "25400", "nm", "0.001", "inch")]
    [InlineData(Fields.AcceleratingVoltage, "1900", "volts", "1.9", "Kilovolt")]
    [InlineData(Fields.VoxelSizeX, "2.96", "nm", "2960", "pm")]
    [InlineData(Fields.VoxelSizeX, "8", "nm", "7.998250424861908", "nm")]
    [InlineData(Fields.AcceleratingVoltage, "1900", "V", "1.9", "kV")]
    [InlineData(Fields.AcquisitionDate, "2018-06-11", null, "11.06.2018", null)]
    [InlineData(Fields.AcquisitionDate, "2018-06-11", null, "2018-06-11T22:27:16", null)]
    [InlineData(Fields.Licence, "CC BY 4.0", null, "https://creativecommons.org/licenses/by/4.0/", null)]
    [InlineData(Fields.Licence, "CC0", null, "https://creativecommons.org/publicdomain/zero/1.0/", null)]
    [InlineData(Fields.Doi, "10.6019/EMPIAR-11759", null, "https://doi.org/10.6019/empiar-11759", null)]
    [InlineData(Fields.Technique, "FIB-SEM", null, "fib-sem", null)]
    [InlineData(Fields.Title, "Two  words", null, "Two\nwords", null)]
    [InlineData(Fields.ShapeX, "5628", null, "5628.0", null)]
    public void Equal_facts_in_other_words_are_no_conflict(string field, string value, string? unit, string other, string? otherUnit)
    {
        Of(A(field, value, ClaimKind.FileHeader, unit), A(field, other, ClaimKind.Page, otherUnit)).Conflicts.Should().BeEmpty();
        Of(A(field, other, ClaimKind.FileHeader, otherUnit), A(field, value, ClaimKind.Page, unit)).Conflicts.Should().BeEmpty();
    }

    [Theory]
    [InlineData(Fields.VoxelSizeX, "8", "nm", "80.0", "nm")]
    [InlineData(Fields.VoxelSizeX, "8", "nm", "8.1", "nm")]
    [InlineData(Fields.ShapeX, "5500", null, "5496", null)]
    [InlineData(Fields.ShapeX, "34427", null, "34428", null)]
    [InlineData(Fields.AcquisitionDate, "2018-06-11", null, "2018-11-06", null)]
    [InlineData(Fields.Licence, "CC BY 4.0", null, "CC BY-NC 4.0", null)]
    [InlineData(Fields.DataType, "int16", null, "uint16", null)]
    [InlineData(Fields.VoxelSizeX, "8", "nm", "8", "furlong")]
    public void Different_facts_are_a_conflict(string field, string value, string? unit, string other, string? otherUnit) =>
        Of(A(field, value, ClaimKind.FileHeader, unit), A(field, other, ClaimKind.Page, otherUnit)).Conflicts.Should().ContainSingle();

    [Fact]
    public void A_value_keeps_what_was_stated_beside_what_it_means()
    {
        Of(A(Fields.VoxelSizeZ, "0.05", ClaimKind.Page, "µm", "page")).Metadata.Should().ContainSingle().Which.Should().Be(
            new MetadataRecord("d", Fields.VoxelSizeZ, "50", "nm", "0.05 µm", "page", true));
    }

    [Theory]
    [InlineData("about 5")]
    [InlineData("NaN")]
    [InlineData("1e999")]
    public void A_number_field_goes_by_the_first_value_that_is_a_number(string text)
    {
        var found = Of(A(Fields.VoxelSizeZ, text, ClaimKind.FileHeader), A(Fields.VoxelSizeZ, "5", ClaimKind.Page));
        found[Fields.VoxelSizeZ].Should().Be("5");
        found.Conflicts.Should().ContainSingle().Which.Rule.Should().Be("the other value is not a number");
    }

    [Theory]
    [InlineData("06/11/2018")]
    [InlineData("spring 2018")]
    [InlineData("31.02.2018")]
    public void An_ambiguous_date_stays_as_it_is_written(string text) => Of(A(Fields.AcquisitionDate, text, ClaimKind.Page))[Fields.AcquisitionDate].Should().Be(text);

    [Fact]
    public void Nothing_stated_is_null_and_blank_is_nothing() => Of(A(Fields.Title, "  ", ClaimKind.Configuration))[Fields.Title].Should().BeNull();

    [Fact]
    public void A_field_without_a_definition_is_text() => Of(A("stain", " osmium ", ClaimKind.Page))["stain"].Should().Be("osmium");

    [Fact]
    public void The_shape_of_an_image_with_other_axes_claims_only_z_y_x()
    {
        var info = new VolumeInfo { Name = "", Format = "tiff", Shape = new NdIndex(7, 5, 3), Axes = "yxc", Type = VoxelType.UInt8, Grain = new NdIndex(7, 5, 3) };
        var found = Consolidator.Consolidate("d", VolumeInfoClaims.From("f", info));
        found[Fields.ShapeY].Should().Be("7");
        found[Fields.ShapeZ].Should().BeNull();
        found[Fields.VoxelSizeX].Should().BeNull();
    }

    [Fact]
    public void Every_field_has_one_chosen_value_and_every_claim_a_row()
    {
        var claim = Gen.Select(
            OneOf(Fields.ShapeX, Fields.VoxelSizeX, Fields.AcquisitionDate, Fields.Title, "other"),
            OneOf("5", "5.0", "x", "11.06.2018", "-0", "1e300"),
            OneOf<string?>(null, "nm", "µm", "kV"),
            OneOf(Enum.GetValues<ClaimKind>()),
            (field, value, unit, kind) => new Claim(field, value, unit, "o", kind));
        claim.List[0, 12].Sample(claims =>
        {
            var found = Consolidator.Consolidate("d", claims);
            found.Metadata.Count.Should().Be(claims.Distinct().Count());
            found.Metadata.GroupBy(row => row.Field).Should().OnlyContain(rows => rows.Count(row => row.Chosen) == 1);
            found.Conflicts.Count.Should().BeLessThanOrEqualTo(found.Metadata.Count(row => !row.Chosen));
        });
    }

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);
}
