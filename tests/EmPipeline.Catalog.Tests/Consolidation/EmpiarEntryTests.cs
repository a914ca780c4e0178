using EmPipeline.Catalog.Consolidation;
using EmPipeline.Volumes;

namespace EmPipeline.Catalog.Tests.Consolidation;

public class EmpiarEntryTests
{
    private static Consolidated Alone => Consolidator.Consolidate("empiar", EmpiarEntry.Parse(Registry.Empiar, "entry.json"));

    private static Consolidated WithSlices => Consolidator.Consolidate(
        "empiar", EmpiarEntry.Parse(Registry.Empiar, "entry.json").Concat(VolumeInfoClaims.From("slices", Samples.SectionsInfo)));

    [Fact]
    public void Pixel_sizes_are_angstrom() => Alone[Fields.VoxelSizeX].Should().Be("8");

    [Fact]
    public void Extents_given_as_strings_are_numbers() => Alone[Fields.ShapeX].Should().Be("5628");

    [Fact]
    public void Sections_are_the_images_of_the_set() => Alone[Fields.ShapeZ].Should().Be("16");

    [Fact]
    public void The_voxel_type_gets_its_zarr_name() => Alone[Fields.DataType].Should().Be("uint8");

    [Fact]
    public void The_entry_names_title_doi_technique_and_authors()
    {
        Alone[Fields.Title].Should().Be("Developing retina in zebrafish 55 hpf larval eye.");
        Alone[Fields.Doi].Should().Be("10.6019/EMPIAR-11759");
        Alone[Fields.Technique].Should().Be("SBF-SEM");
        Alone[Fields.Authors].Should().Be("Wilsch-Braeuninger M");
        Alone[Fields.ReleaseDate].Should().Be("2024-01-15");
    }

    [Fact]
    public void Empty_members_claim_nothing() => Alone[Fields.Description].Should().BeNull();

    [Fact]
    public void The_slices_win_over_the_registrys_image_size_and_the_conflict_is_kept()
    {
        WithSlices[Fields.ShapeY].Should().Be("5500");
        WithSlices[Fields.ShapeX].Should().Be("5496");
        WithSlices.Conflicts.Select(conflict => (conflict.Field, conflict.ChosenValue, conflict.OtherValue)).Should().Equal(
            (Fields.ShapeY, "5500", "5632"), (Fields.ShapeX, "5496", "5628"));
        WithSlices.Conflicts[0].OtherOrigin.Should().Be("EMPIAR API EMPIAR-11759 imagesets[0].image_height");
        WithSlices.Conflicts[0].Rule.Should().Be("the voxels' own file counts more than a registry");
    }

    [Fact]
    public void Eight_nanometres_from_ångström_agree_with_the_calibration()
    {
        WithSlices[Fields.VoxelSizeX].Should().Be("7.99825042486");
        WithSlices.Metadata.Should().ContainSingle(row => row.Field == Fields.VoxelSizeX && !row.Chosen).Which.Should().BeEquivalentTo(
            new { Value = "8", Unit = "nm", Stated = "80.0 Å" });
    }

    [Fact]
    public void The_section_thickness_comes_from_the_slices() => WithSlices[Fields.VoxelSizeZ].Should().Be("50");

    [Fact]
    public void The_consolidated_voxel_size_names_its_origins_once()
    {
        WithSlices.VoxelSize.Should().Be(new VoxelSize(50, 7.99825042486, 7.99825042486));
        WithSlices.VoxelSizeOrigin.Should().Be("slices ImageTags.SBFSEM.Record.Slice thickness; Calibrations.Dimension");
        Alone.VoxelSize.Should().Be(new VoxelSize(null, 8, 8));
    }

    [Fact]
    public void A_german_date_is_the_eleventh_of_june() => WithSlices[Fields.AcquisitionDate].Should().Be("2018-06-11");

    [Fact]
    public void The_slices_name_the_microscope_and_its_voltage()
    {
        WithSlices[Fields.Instrument].Should().Be("FEI Quanta");
        WithSlices[Fields.AcceleratingVoltage].Should().Be("1900");
    }

    [Theory]
    [InlineData("data/cell1/*.tif", "10")]
    [InlineData("data/cell1/raw/a.tif", "20")]
    [InlineData("data/cell2/*.tif", "30")]
    [InlineData("data/cell10/*.tif", null)]
    [InlineData("data/twice/*.tif", null)]
    [InlineData(null, null)]
    public void Of_several_image_sets_the_one_whose_directory_leads_to_the_files_describes_them(string? files, string? nanometres)
    {
        const string entry = """
            {"EMPIAR-1": {"title": "t", "imagesets": [
              {"directory": "data/cell1", "pixel_width": 100}, {"directory": "/data/cell1/raw/", "pixel_width": 200}, {"directory": "data/cell2", "pixel_width": 300},
              {"directory": "data/twice", "pixel_width": 400}, {"directory": "data/twice", "pixel_width": 500}, {"directory": ""}]}}
            """;
        var stated = Consolidator.Consolidate("empiar", EmpiarEntry.Parse(entry, "entry.json", files));
        stated[Fields.VoxelSizeX].Should().Be(nanometres);
        stated[Fields.Title].Should().Be("t");
    }

    [Fact]
    public void A_single_image_set_is_the_one_whatever_its_directory() =>
        Consolidator.Consolidate("empiar", EmpiarEntry.Parse(Registry.Empiar, "entry.json", "elsewhere/a.dm3"))[Fields.VoxelSizeX].Should().Be("8");

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"EMPIAR-1\": 5}")]
    [InlineData("{\"EMPIAR-1\": {}, \"EMPIAR-2\": {}}")]
    public void Anything_else_is_corrupt_and_names_the_place(string json)
    {
        var act = () => EmpiarEntry.Parse(json, "entry.json");
        act.Should().Throw<EmException>().WithMessage("entry.json: *").Which.Fault.Should().Be(Fault.Corrupt);
    }

    [Theory]
    [InlineData("{\"EMPIAR-1\": {}}")]
    [InlineData("{\"EMPIAR-1\": {\"imagesets\": [], \"authors\": null, \"title\": {}}}")]
    [InlineData("{\"EMPIAR-1\": {\"imagesets\": [3], \"authors\": [1, {\"author\": []}]}}")]
    public void Members_of_unexpected_kinds_claim_nothing(string json) =>
        EmpiarEntry.Parse(json, "entry.json").Should().ContainSingle("there is nothing but the entry's name").Which.Should().BeEquivalentTo(new { Field = Fields.ArchiveEntry, Value = "EMPIAR-1" });

    [Fact]
    public void Deposition_and_citation_are_fields_of_their_own()
    {
        const string json = """
            { "EMPIAR-5": { "deposition_date": "2023-11-01", "update_date": "2024-02-03", "corresponding_author": { "author": { "name": "A B", "organization": "An institute" } },
              "citation": [ { "title": "On cells", "journal": "J", "year": 2024, "doi": "10.1/x" }, {}, 3 ], "imagesets": [ { "category": "reconstructed volumes" } ] } }
            """;
        var claims = Consolidator.Consolidate("empiar", EmpiarEntry.Parse(json, "entry.json"));
        claims[Fields.ArchiveEntry].Should().Be("EMPIAR-5");
        claims[Fields.DepositionDate].Should().Be("2023-11-01");
        claims[Fields.UpdateDate].Should().Be("2024-02-03");
        claims[Fields.Depositor].Should().Be("A B");
        claims[Fields.Institution].Should().Be("An institute");
        claims[Fields.Citation].Should().Be("On cells, J, 2024, 10.1/x");
        claims[Fields.Processing].Should().Be("reconstructed volumes");
    }
}
