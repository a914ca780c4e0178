using EmPipeline.Volumes;
using EmPipeline.Volumes.Sections;

namespace EmPipeline.Zarr.Tests.Sections;

/// <summary>What a rechunk says of its sections, whatever happened to it on the way.</summary>
public sealed class SectionTableTests : IDisposable
{
    private static readonly NdIndex Shape = new(50, 70, 90);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private RechunkOptions Options => ZarrRechunkTests.Options() with { SectionTablePath = _folder["state/sections"] };

    private static MemoryVolume Source(Action<int>? onRead = null) => MemoryVolume.Make(Shape, VoxelType.UInt8, onRead: onRead).Cleared(new Box(new NdIndex(20, 0, 0), new NdIndex(3, 70, 90)));

    [Fact]
    public async Task Every_section_is_described_once_and_empty_ones_are_missing()
    {
        var sections = (await RunAsync(Source())).Sections;
        sections.Select(section => section.Index).Should().Equal(Enumerable.Range(0, 50).Select(z => (long)z));
        sections.Where(section => section.Flags.HasFlag(SectionFlags.Missing)).Select(section => section.Index).Should().Equal(20, 21, 22);
        var plane = Source().Voxels.AsSpan(7 * 70 * 90, 70 * 90).ToArray();
        sections[7].Mean.Should().BeApproximately(plane.Average(voxel => (double)voxel), 1e-9);
        (sections[0].Correlation, sections[20].Correlation, sections[23].Correlation, sections[20].BlankShare).Should().Be((null, null, null, 1.0));
    }

    [Fact]
    public async Task They_are_the_same_after_a_stop_at_any_moment_and_with_any_number_of_threads()
    {
        var reads = 0;
        var whole = (await RunAsync(Source(read => reads = Math.Max(reads, read)))).Sections;
        for (var stopAt = 1; stopAt <= reads; stopAt += Math.Max(1, reads / 8))
        {
            using var folder = new TemporaryFolder();
            var options = ZarrRechunkTests.Options() with { SectionTablePath = folder["state/sections"], Threads = 1 + (stopAt % 4) };
            var act = () => ZarrRechunkTests.RunAsync(Source(read => Assert.True(read < stopAt, "stopped")), folder, options);
            await act.Should().ThrowAsync<Exception>();
            var goneOn = await ZarrRechunkTests.RunAsync(Source(), folder, options);
            goneOn.Sections.Should().Equal(whole, "it was stopped at read {0}", stopAt);
        }
    }

    [Theory]
    [InlineData("deleted")]
    [InlineData("cut")]
    [InlineData("torn")]
    [InlineData("of another plan")]
    public async Task What_is_lost_is_made_again_from_the_shards_without_reading_the_source(string loss)
    {
        var whole = (await RunAsync(Source())).Sections;
        var path = _folder["state/sections"];
        switch (loss)
        {
            case "deleted":
                File.Delete(path);
                break;
            case "cut":
                using (var file = File.OpenWrite(path))
                    file.SetLength(file.Length / 2);
                break;
            case "torn":
                var bytes = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
                for (var i = 5000; i < bytes.Length; i += 7000)
                    bytes[i] ^= 0x10;
                await File.WriteAllBytesAsync(path, bytes, TestContext.Current.CancellationToken);
                break;
            default:
                await File.WriteAllBytesAsync(path, [.. Enumerable.Repeat((byte)7, 100_000)], TestContext.Current.CancellationToken);
                break;
        }

        var source = Source();
        var again = await RunAsync(source);
        again.Sections.Should().Equal(whole);
        source.BytesRead.Should().Be(0);
    }

    [Fact]
    public async Task Without_a_path_there_are_none() =>
        (await ZarrRechunkTests.RunAsync(Source(), _folder, ZarrRechunkTests.Options())).Sections.Should().BeEmpty();

    private Task<RechunkResult> RunAsync(MemoryVolume source) => ZarrRechunkTests.RunAsync(source, _folder, Options);
}
