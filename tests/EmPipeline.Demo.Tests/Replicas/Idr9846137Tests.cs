using System.Text;
using System.Text.Json.Nodes;
using BitMiracle.LibTiff.Classic;
using EmPipeline.Demo.Tests.Support;

namespace EmPipeline.Demo.Tests.Replicas;

public class Idr9846137Tests(Mirror mirror)
{
    private const string Url =
        "https://ftp.ebi.ac.uk/pub/databases/IDR/idr0086-miron-micrographs/20200610-ftp/experimentD/Miron_FIB-SEM/Miron_FIB-SEM_processed/Figure_S3B_FIB-SEM_U2OS_20x20x20nm_xy.tif";

    [Fact]
    public void LibTiff_reads_46_big_endian_pages_of_one_strip()
    {
        var (voxels, pages) = LibTiffStack.Read(mirror.FileOf(Url), tiff =>
            (tiff.IsBigEndian(), tiff.Number(TiffTag.IMAGEWIDTH), tiff.Number(TiffTag.IMAGELENGTH), tiff.Number(TiffTag.BITSPERSAMPLE), tiff.NumberOfStrips()));
        pages.Should().HaveCount(46).And.AllBeEquivalentTo((true, 280, 194, 8, 1));
        Digest.Of(voxels).Should().Be("abc923ffe0f76fa7bc7fe54d34bf154aedd2d630f80a45f7de473fabba3aa7e9");
        (voxels.Min(), voxels.Max()).Should().Be(((byte)36, (byte)199), "the description states them as display range");
    }

    [Fact]
    public void Planes_are_contiguous_after_the_first_directory_and_the_other_directories_end_the_file()
    {
        var path = mirror.FileOf(Url);
        var (_, offsets) = LibTiffStack.Read(path, tiff => tiff.GetField(TiffTag.STRIPOFFSETS)[0].ToIntArray()[0]);
        // 8 bytes of header, 162 of directory, 90 of description with its zero, 16 of resolutions.
        offsets.Should().Equal(Enumerable.Range(0, 46).Select(z => 276 + (z * 194 * 280)));
        new FileInfo(path).Length.Should().Be(276 + (46 * 194 * 280) + (45 * 162));
        File.ReadAllBytes(path)[..8].Should().Equal((byte)'M', (byte)'M', 0, 42, 0, 0, 0, 8);
    }

    [Fact]
    public void The_description_and_resolutions_state_20_nm_in_ImageJs_way()
    {
        var (_, pages) = LibTiffStack.Read(mirror.FileOf(Url), tiff => (
            Encoding.Latin1.GetString(tiff.GetField(TiffTag.IMAGEDESCRIPTION)[0].GetBytes()),
            tiff.GetField(TiffTag.XRESOLUTION)[0].ToFloat(), tiff.GetField(TiffTag.YRESOLUTION)[0].ToFloat(), tiff.Number(TiffTag.RESOLUTIONUNIT)));
        var (description, x, y, unit) = pages[0];
        description.TrimEnd('\0').Should().Be("ImageJ=1.52p\nimages=46\nslices=46\nunit=\\u00B5m\nspacing=0.02\nloop=false\nmin=36.0\nmax=199.0\n");
        (x, y, unit).Should().Be((50f, 50f, 1));
    }

    [Fact]
    public void Both_JSON_answers_agree_with_the_file()
    {
        var data = JsonNode.Parse(File.ReadAllText(mirror.FileOf("https://idr.openmicroscopy.org/webgateway/imgData/9846137/index.json")))!;
        data["size"]!.ToJsonString().Should().Be("""{"width":280,"height":194,"z":46,"t":1,"c":1}""");
        data["pixel_size"]!.ToJsonString().Should().Be("""{"x":0.02,"y":0.02,"z":0.02}""");
        ((int)data["meta"]!["datasetId"]!, (string)data["meta"]!["pixelsType"]!).Should().Be((10740, "uint8"));

        var pixels = JsonNode.Parse(File.ReadAllText(mirror.FileOf("https://idr.openmicroscopy.org/api/v0/m/images/9846137/index.json")))!["data"]!["Pixels"]!;
        ((int)pixels["SizeX"]!, (int)pixels["SizeY"]!, (int)pixels["SizeZ"]!).Should().Be((280, 194, 46));
        foreach (var axis in "XYZ")
        {
            var size = pixels[$"PhysicalSize{axis}"]!;
            ((double)size["Value"]!, (string)size["Unit"]!, (string)size["Symbol"]!).Should().Be((0.02, "MICROMETER", "µm"));
        }
    }
}
