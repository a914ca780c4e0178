using EmPipeline.Catalog.Consolidation;
using EmPipeline.Volumes;

namespace EmPipeline.Catalog.Tests.Consolidation;

public class OmeroTests
{
    [Fact]
    public void Image_data_gives_shape_type_and_micrometres()
    {
        var found = Consolidator.Consolidate("idr", OmeroImageData.Parse(Registry.OmeroImageData, "imgData"));
        new[] { found[Fields.ShapeZ], found[Fields.ShapeY], found[Fields.ShapeX] }.Should().Equal("184", "775", "1121");
        found[Fields.VoxelSizeX].Should().Be("20");
        found[Fields.DataType].Should().Be("uint8");
        found["project"].Should().Be("idr0086-miron-micrographs/experimentD");
    }

    [Fact]
    public void A_null_pixel_size_is_unknown() =>
        Consolidator.Consolidate("idr", OmeroImageData.Parse(Registry.OmeroImageData, "imgData"))[Fields.VoxelSizeZ].Should().BeNull();

    [Fact]
    public void The_time_of_import_is_no_acquisition_date() =>
        Consolidator.Consolidate("idr", OmeroImageData.Parse(Registry.OmeroImageData, "imgData"))[Fields.AcquisitionDate].Should().BeNull();

    [Theory]
    [InlineData("{\"ConcurrencyException\": {\"backOff\": 500}}")]
    [InlineData("{\"Exception\": \"no such image\"}")]
    public void A_polite_refusal_is_an_unavailable_source(string json)
    {
        var act = () => OmeroImageData.Parse(json, "https://idr/imgData/1/");
        act.Should().Throw<EmException>().WithMessage("https://idr/imgData/1/: *").Which.Fault.Should().Be(Fault.Source);
    }

    [Fact]
    public void The_api_image_gives_every_length_in_its_own_unit()
    {
        var found = Consolidator.Consolidate("idr", OmeroImage.Parse(Registry.OmeroImage, "image"));
        new[] { found[Fields.VoxelSizeZ], found[Fields.VoxelSizeY], found[Fields.VoxelSizeX] }.Should().Equal("20", "20", "20");
        new[] { found[Fields.ShapeZ], found[Fields.ShapeY], found[Fields.ShapeX] }.Should().Equal("184", "775", "1121");
        found[Fields.AcquisitionDate].Should().Be("2018-06-11");
        found[Fields.DataType].Should().Be("uint8");
    }

    [Fact]
    public void Both_answers_agree_but_for_the_name()
    {
        var claims = OmeroImageData.Parse(Registry.OmeroImageData, "a").Concat(OmeroImage.Parse(Registry.OmeroImage, "b"));
        Consolidator.Consolidate("idr", claims).Conflicts.Select(conflict => conflict.Field).Should().Equal(Fields.Title);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    public void Other_json_is_corrupt(string json)
    {
        foreach (var parse in new[] { OmeroImageData.Parse, OmeroImage.Parse })
        {
            var act = () => parse(json, "here");
            act.Should().Throw<EmException>().WithMessage("here: *").Which.Fault.Should().Be(Fault.Corrupt);
        }
    }
}
