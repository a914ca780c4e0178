using System.Text;
using EmPipeline.Formats.Attributes;
using EmPipeline.Formats.Tests.Dm;
using EmPipeline.Formats.Tests.Tiff;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Zarr;

namespace EmPipeline.Formats.Tests.Attributes;

/// <summary>Everything that a file states is found, under its place, with its type and the unit that the file gives it.</summary>
public sealed class AttributeTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_whole_tag_tree_of_a_section_by_a_microscope()
    {
        var found = await OfSharedAsync("replicas/empiar-like/data/F25_test1_3VBSED_slice_0000.dm3");
        Value(found, "ImageList.1.ImageTags.SBFSEM.Record.Slice thickness").Value.Should().Be("50");
        Value(found, "ImageList.1.ImageTags.Microscope Info.Voltage").Value.Should().Be("1900");
        Value(found, "ImageList.1.ImageTags.DataBar.Acquisition Date").Should().Be(new StoredAttribute("ImageList.1.ImageTags.DataBar.Acquisition Date", "array of uint16", "14.03.2019"));
        var scale = Value(found, "ImageList.1.ImageData.Calibrations.Dimension.0.Scale");
        (scale.Type, scale.Unit).Should().Be(("float32", "µm"));
        // Pixels and thumbnail are neither read nor hashed.
        Value(found, "ImageList.1.ImageData.Data").Should().Match<StoredAttribute>(value => value.Value == null && value.Length > StoredAttribute.MostHashedBytes && value.Sha256 == null);
        found.Select(value => value.Path).Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public async Task ImageJ_lines_and_every_tag_of_every_page()
    {
        var found = await OfSharedAsync("replicas/idr-like/idr_like_imagej_52x187x263_u8_be.tif");
        Value(found, "ByteOrder").Value.Should().Be("big-endian");
        Value(found, "Pages").Value.Should().Be("52");
        Value(found, "ImageDescription.spacing").Should().Match<StoredAttribute>(value => value.Value == "0.02" && value.Unit == "µm" && value.Part == "page 0");
        Value(found, "ImageDescription.unit").Value.Should().Be("\\u00B5m", "it is shown as it is stored");
        found.Where(value => value.Path == "ImageLength").Should().HaveCount(52).And.OnlyContain(value => value.Value == "187");
    }

    [Fact]
    public async Task OME_elements_and_attributes_with_their_units()
    {
        var found = await OfAsync(Opening.InMemory("a.tif", await File.ReadAllBytesAsync(SharedData.Fixture("tiff/ome_czyx.ome.tif"), Cancellation)));
        Value(found, "ImageDescription.OME.Image.Pixels@PhysicalSizeZ").Unit.Should().Be("Å");
        found.Should().Contain(value => value.Path == "ImageDescription.OME.Image.Pixels.Channel[1]@ID");
    }

    [Fact]
    public async Task Attributes_of_HDF5_groups_and_datasets()
    {
        var found = await OfSharedAsync("realdata/hdf5/gala/stack.h5");
        found.Should().Contain(value => value.Type == "shape").And.Contain(value => value.Path.Contains('@'));
    }

    [Fact]
    public async Task Fields_of_an_MRC_header()
    {
        var found = await OfAsync(Opening.InMemory("a.mrc", new EmPipeline.Formats.Tests.Mrc.MrcBuilder(6, 5, 4, 0).Cell(24, 20, 160).With(new byte[120])));
        Value(found, "CELLA").Should().Match<StoredAttribute>(value => value.Value == "24, 20, 160" && value.Unit == "Å");
    }

    [Fact]
    public async Task Json_files_by_path_with_the_unit_beside_the_value()
    {
        const string Json = """{"a":[{"units":["nm","nm"],"scale":[2,4]},{"b":null}],"p":{"Unit":"MICROMETER","Value":0.02,"x":1},"list":[1,2.50,3],"none":[],"t":true,"s":"<b>"}""";
        var found = await JsonAttributes.ReadAsync(Opening.InMemory("info", Encoding.UTF8.GetBytes(Json)), Cancellation).ToListAsync(Cancellation);
        found.Should().BeEquivalentTo(
            [
                new StoredAttribute("a[0].units[0]", "string", "nm"), new StoredAttribute("a[0].units[1]", "string", "nm"),
                new StoredAttribute("a[0].scale", "numbers", "2, 4", "nm"), new StoredAttribute("a[1].b", "null", "null"),
                new StoredAttribute("p.Unit", "string", "MICROMETER"), new StoredAttribute("p.Value", "number", "0.02", "MICROMETER"), new StoredAttribute("p.x", "number", "1"),
                new StoredAttribute("list", "numbers", "1, 2.50, 3"), new StoredAttribute("none", "array", "[]"), new StoredAttribute("t", "boolean", "true"), new StoredAttribute("s", "string", "<b>"),
            ],
            options => options.WithStrictOrdering());
    }

    [Fact]
    public async Task Ten_megabytes_of_text_are_cut_and_known_by_length_and_hash()
    {
        var text = string.Concat(Enumerable.Repeat("0123456789", 1 << 20));
        var found = await OfAsync(Opening.InMemory("a.tif", new TiffBuilder().Gray(2, 2, 8, 8, 4).Text(270, text).File(new byte[4])));
        var value = Value(found, "ImageDescription");
        value.Value.Should().HaveLength(StoredAttribute.MostCharacters + 1).And.EndWith("…");
        (value.Length, value.Sha256).Should().Be((10L << 20, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.ASCII.GetBytes(text)))));
    }

    [Fact]
    public async Task Tags_of_unknown_number_type_and_encoding_are_shown()
    {
        var file = new TiffBuilder().Gray(2, 2, 8, 8, 4).Text(305, "caf\u00e9 \u00b5m").Tag(65100, TiffBuilder.Short, 7).Tag(65101, 200, 1).Tag(65102, 7, [.. Enumerable.Range(0, 40)])
            .Claim(65103, TiffBuilder.Long, 10, 1 << 30).File(new byte[4]);
        var found = await OfAsync(Opening.InMemory("a.tif", file));
        Value(found, "Software").Value.Should().Be("café µm");
        Value(found, "tag 65100").Value.Should().Be("7");
        Value(found, "tag 65101").Type.Should().Be("type 200");
        Value(found, "tag 65102").Should().Match<StoredAttribute>(value => value.Value == null && value.Length == 40 && value.Sha256!.Length == 64);
        Value(found, "tag 65103").Type.Should().Be("not read", "one damaged tag costs that tag");
    }

    [Fact]
    public async Task Many_tags_that_share_one_large_value_cost_no_more_than_the_file()
    {
        var builder = new TiffBuilder().Gray(300, 300, 8, 8, 90_000);
        for (var tag = 0; tag < 3000; tag++)
            builder.Claim((ushort)(60_000 + tag), 7, 60_000, 8);
        var found = await OfAsync(Opening.InMemory("a.tif", builder.File(new byte[90_000])));
        found.Count(value => value.Sha256 is not null).Should().BeLessThan(4);
    }

    [Fact]
    public async Task Half_characters_and_NULs_become_replacement_characters()
    {
        var file = DmWriter.Images(3, false, DmWriter.Image(DmTypes.UInt8, new byte[4], [2, 2], [(1, "nm"), (1, "nm")], ("a", "x\ud800y"), ("a", "again")));
        var found = await OfAsync(Opening.InMemory("a.dm3", file));
        found.Where(value => value.Path == "ImageList.1.ImageTags.a").Select(value => value.Value).Should().Equal("x\uFFFDy", "again");
    }

    [Fact]
    public async Task A_compressed_file_states_what_is_inside()
    {
        var packed = new MemoryStream();
        await using (var gzip = new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionLevel.Fastest))
            await gzip.WriteAsync(new TiffBuilder().Gray(2, 2, 8, 8, 4).Text(305, "inside").File(new byte[4]), Cancellation);
        Value(await OfAsync(Opening.InMemory("a.tif.gz", packed.ToArray())), "Software").Value.Should().Be("inside");
    }

    [Fact]
    public async Task What_no_format_knows_is_refused_by_name()
    {
        var read = () => OfAsync(Opening.InMemory("a.txt", "hello"u8.ToArray()));
        (await read.Should().ThrowAsync<EmException>()).Which.Fault.Should().Be(Fault.Unsupported);
    }

    private static StoredAttribute Value(IReadOnlyList<StoredAttribute> found, string path) => found.First(value => value.Path == path);

    private static async Task<IReadOnlyList<StoredAttribute>> OfSharedAsync(string file)
    {
        var path = SharedData.Require(file);
        await using var store = new LocalStore(Path.GetDirectoryName(path)!);
        return await OfAsync(new VolumePath(store, Path.GetFileName(path)));
    }

    private static async Task<IReadOnlyList<StoredAttribute>> OfAsync(VolumePath file) => await FormatRegistry.AttributesAsync(file, Cancellation).ToListAsync(Cancellation);
}
