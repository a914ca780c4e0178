using BitMiracle.LibTiff.Classic;
using EmPipeline.Demo.Tests.Support;

namespace EmPipeline.Demo.Tests.Replicas;

public class EpflHippocampusTests(Mirror mirror)
{
    private const string Url = "https://documents.epfl.ch/groups/c/cv/cvlab-unit/www/data/%20ElectronMicroscopy_Hippocampus/volumedata.tif";

    [Fact]
    public void LibTiff_reads_65_little_endian_pages_of_four_row_strips()
    {
        var (voxels, pages) = LibTiffStack.Read(mirror.FileOf(Url), tiff => (
            tiff.IsBigEndian(), tiff.Number(TiffTag.IMAGEWIDTH), tiff.Number(TiffTag.IMAGELENGTH), tiff.Number(TiffTag.ROWSPERSTRIP), tiff.NumberOfStrips(),
            tiff.Number(TiffTag.SUBFILETYPE), tiff.Text(TiffTag.SOFTWARE)));
        pages.Should().HaveCount(65).And.AllBeEquivalentTo((false, 256, 192, 4, 48, 2, "InsightToolkit"));
        Digest.Of(voxels).Should().Be("5ff734c4206aa739a8a05c30afb75998d5ca1c6965b86da961977eb8b8c093ed");
    }

    [Fact]
    public void Pages_are_numbered_and_state_no_resolution()
    {
        var (_, pages) = LibTiffStack.Read(mirror.FileOf(Url), tiff => (
            tiff.GetField(TiffTag.PAGENUMBER)[0].ToInt(), tiff.GetField(TiffTag.PAGENUMBER)[1].ToInt(), tiff.GetField(TiffTag.XRESOLUTION) is null));
        pages.Should().Equal(Enumerable.Range(0, 65).Select(z => (z, 65, true)));
    }

    [Fact]
    public void The_file_has_the_sources_page_stride()
    {
        // The source's own size follows from the same sum: strips, a directory of 14 at an even offset, two arrays, a name of 15 bytes.
        var page = (192 * 256) + 1 + 174 + (2 * 48 * 4) + 15;
        new FileInfo(mirror.FileOf(Url)).Length.Should().Be(8 + (65 * page) - 1);
    }

    [Fact]
    public void The_folders_name_begins_with_a_space() =>
        Path.GetFileName(Path.GetDirectoryName(mirror.FileOf(Url))).Should().Be(" ElectronMicroscopy_Hippocampus");
}
