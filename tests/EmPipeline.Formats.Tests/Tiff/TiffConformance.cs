using EmPipeline.Volumes;

namespace EmPipeline.Formats.Tests.Tiff;

/// <summary>The reader's promises, held for one fixture of tests/data/tiff.</summary>
public abstract class TiffConformance(string file, string axes, byte[] expected) : VolumeReaderConformance
{
    [Fact]
    public async Task Axes_are_named()
    {
        await using var reader = await OpenedFixture.OpenAsync(SharedData.Fixture($"tiff/{file}"));
        reader.Info.Axes.Should().Be(axes);
    }

    protected override async Task<(IVolumeReader Reader, byte[] Expected)> OpenAsync() =>
        (await OpenedFixture.OpenAsync(SharedData.Fixture($"tiff/{file}")), expected);
}
