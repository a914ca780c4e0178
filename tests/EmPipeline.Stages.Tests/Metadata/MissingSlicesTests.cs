using EmPipeline.Volumes;

namespace EmPipeline.Stages.Tests.Metadata;

/// <summary>A stack with a slice missing is read, and whoever runs it is told.</summary>
public sealed class MissingSlicesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false, "")]
    [InlineData(true, "1 missing: 2")]
    public async Task A_number_that_is_missing_is_named(bool missing, string says)
    {
        var shape = new NdIndex(5, 20, 24);
        TestVolumes.WriteSlices(_folder["scans"], TestVolumes.Make(shape), shape);
        if (missing)
            File.Delete(_folder["scans/section_2.tif"]);
        var run = new StageRun(_folder);
        await run.RunAsync("  a: { source: { file: \"scans\" } }\n", Stage.Download, Stage.Verify, Stage.ExtractMetadata);
        if (missing)
            run.Warnings.Should().ContainSingle().Which.Should().Contain(says);
        else
            run.Warnings.Should().BeEmpty();
    }
}
