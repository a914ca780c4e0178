using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using EmPipeline.Demo.Tests.Support;

namespace EmPipeline.Demo.Tests.Replicas;

public class Empiar11759Tests(Mirror mirror)
{
    private DmTags Slice(int slice) =>
        new(mirror.FileOf($"https://ftp.ebi.ac.uk/empiar/world_availability/11759/data/F57-8_test1_3VBSED_slice_{slice:0000}.dm3"));

    [Fact]
    public void Sixteen_slices_hold_one_image_after_a_thumbnail()
    {
        using var voxels = new MemoryStream();
        for (var i = 0; i < 16; i++)
        {
            var tags = Slice(i).Values;
            tags["ImageList.0.ImageData.DataType"].Should().Be(23);
            var thumbnail = ((int)tags["ImageList.0.ImageData.Dimensions.0"], (int)tags["ImageList.0.ImageData.Dimensions.1"]);
            thumbnail.Should().Be(i < 10 ? (48, 48) : (96, 95));
            ((byte[])tags["ImageList.0.ImageData.Data"]).Should().HaveCount(4 * thumbnail.Item1 * thumbnail.Item2);
            (tags["ImageList.1.ImageData.DataType"], tags["ImageList.1.ImageData.PixelDepth"]).Should().Be((6, 1));
            (tags["ImageList.1.ImageData.Dimensions.0"], tags["ImageList.1.ImageData.Dimensions.1"]).Should().Be((388, 400));
            voxels.Write((byte[])tags["ImageList.1.ImageData.Data"]);
        }

        voxels.Length.Should().Be(16 * 400 * 388);
        (voxels.ToArray().Min(), voxels.ToArray().Max()).Should().Be(((byte)65, (byte)123), "the source's contrast is narrow");
        Digest.Of(voxels.ToArray()).Should().Be("44981f3c03afdda4d257e8289177f67f1d318ad9ea5e9bafcbdfe17fd9a2b6b7");
    }

    [Fact]
    public void The_image_stands_at_another_offset_where_the_thumbnail_is_larger()
    {
        const string Data = "ImageList.1.ImageData.Data";
        Enumerable.Range(0, 16).Select(i => Slice(i).Offsets[Data]).Distinct().Should().HaveCount(2);
        Slice(9).Offsets[Data].Should().BeLessThan(Slice(10).Offsets[Data]);
    }

    [Fact]
    public void Voxel_sizes_stand_in_calibrations_and_tags_beside_a_thickness_that_is_not_it()
    {
        var tags = Slice(3).Values;
        for (var axis = 0; axis < 2; axis++)
        {
            tags[$"ImageList.1.ImageData.Calibrations.Dimension.{axis}.Scale"].Should().Be(0.007998250424861908f);
            tags[$"ImageList.1.ImageData.Calibrations.Dimension.{axis}.Units"].Should().Be("µm");
        }

        const string Tags = "ImageList.1.ImageTags.";
        tags[Tags + "SBFSEM.Record.Slice thickness"].Should().Be(50.0);
        tags[Tags + "SBFSEM.Approach.Slice thickness"].Should().Be(200.0);
        (tags[Tags + "Meta Data.Dimension info.2.Scale"], tags[Tags + "Meta Data.Dimension info.2.Units"]).Should().Be((50f, "nm"));
        tags.Keys.Should().NotContain(k => k.StartsWith(Tags + "Meta Data.Dimension info.0", StringComparison.Ordinal), "the first two are empty");
        (tags[Tags + "Microscope Info.Voltage"], tags[Tags + "Microscope Info.Name"]).Should().Be((1900.0, "FEI Quanta"));
    }

    [Fact]
    public void Slices_follow_in_time_on_11_June_2018()
    {
        var times = Enumerable.Range(0, 16).Select(i => Slice(i).Values).Select(tags =>
        {
            tags["ImageList.1.ImageTags.DataBar.Acquisition Date"].Should().Be("11.06.2018");
            var local = DateTime.ParseExact(
                "11.06.2018 " + tags["ImageList.1.ImageTags.DataBar.Acquisition Time"], "dd.MM.yyyy HH:mm:ss", CultureInfo.InvariantCulture);
            DateTime.FromFileTimeUtc((long)(double)tags["ImageList.1.ImageTags.DataBar.Acquisition Time (OS)"]).AddHours(2).Should().Be(local);
            return local.TimeOfDay;
        }).ToList();
        times.Should().BeInAscendingOrder();
        (times[0], times[15]).Should().Be((new TimeSpan(22, 27, 16), new TimeSpan(22, 40, 48)));
    }

    [Fact]
    public void The_registry_says_another_image_size_as_text_and_floats_as_floats()
    {
        var text = File.ReadAllText(mirror.FileOf("https://www.ebi.ac.uk/empiar/api/entry/EMPIAR-11759/index.json"));
        var set = JsonNode.Parse(text)!["EMPIAR-11759"]!["imagesets"]![0]!;
        set["image_width"]!.GetValueKind().Should().Be(JsonValueKind.String);
        ((string)set["image_width"]!, (string)set["image_height"]!, (int)set["num_images_or_tilt_series"]!).Should().Be(("5628", "5632", 16));
        text.Should().Contain("\"pixel_width\": 80.0,");
    }
}
