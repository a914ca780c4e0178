using EmPipeline.Formats.Precomputed;
using EmPipeline.Volumes;

namespace EmPipeline.Formats.Tests.Precomputed;

public sealed class ImageChunkTests
{
    [Theory]
    [InlineData("jpeg-gray", "5-37_6-22_7-15", 1, 1)]
    [InlineData("jpeg-gray-progressive", "0-32_0-16_0-6", 1, 1)]
    [InlineData("png-gray16", "0-16_0-16_0-8", 1, 2)]
    [InlineData("png-rgba", "0-16_0-12_0-6", 4, 1)]
    public void Damage_is_an_error_and_never_anything_else(string name, string file, int channels, int voxelBytes)
    {
        var good = File.ReadAllBytes(Path.Combine(SharedData.Fixture("precomputed"), name, "4_4_40", file));
        var extent = file.Split('_').Select(span => span.Split('-').Select(long.Parse).ToArray()).Select(ends => ends[1] - ends[0]).ToArray();
        var shape = new NdIndex(channels, extent[2], extent[1], extent[0]);
        IChunkDecoder decoder = name.StartsWith("jpeg", StringComparison.Ordinal) ? new JpegChunk() : new PngChunk(voxelBytes);
        Damage.ShouldBeReported(good, bytes =>
        {
            decoder.Measure(bytes, shape, shape);
            decoder.Decode(bytes, shape, new byte[shape.Volume * voxelBytes]);
        }, tries: 600);
    }

    [Fact]
    public void An_image_of_another_pixel_count_or_component_count_is_refused_with_both_counts()
    {
        var folder = SharedData.Fixture("precomputed");
        var gray = File.ReadAllBytes(Path.Combine(folder, "jpeg-gray", "4_4_40", "5-37_6-22_7-15"));
        var clipped = new NdIndex(1, 8, 16, 31);
        var act = () => new JpegChunk().Measure(gray, clipped, new NdIndex(1, 8, 16, 33));
        act.Should().Throw<InvalidDataException>().WithMessage("*32×128*4096 pixels*3968*");
        new JpegChunk().Measure(gray, clipped, new NdIndex(1, 8, 16, 32)).Should().Be(new NdIndex(1, 8, 16, 32));
        var color = () => new JpegChunk().Measure(gray, new NdIndex(3, 8, 16, 32), new NdIndex(3, 8, 16, 32));
        color.Should().Throw<InvalidDataException>().WithMessage("*1 components, expected 3*");
    }

    [Fact]
    public void A_jpeg_cut_short_is_refused_and_not_filled_up()
    {
        var good = File.ReadAllBytes(Path.Combine(SharedData.Fixture("precomputed"), "jpeg-gray", "4_4_40", "5-37_6-22_7-15"));
        var act = () => new JpegChunk().Decode(good.AsSpan(0, good.Length * 3 / 4), new NdIndex(1, 8, 16, 32), new byte[8 * 16 * 32]);
        act.Should().Throw<InvalidDataException>();
    }
}
