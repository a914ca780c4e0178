using EmPipeline.Formats;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Volumes.Sections;
using EmPipeline.Zarr;

namespace EmPipeline.Stages.Tests.Rechunk;

/// <summary>Real sections, as they are and with defects at known places.</summary>
public sealed class PlantedDefectsTests
{
    [Fact]
    public async Task Planted_defects_are_found_and_real_sections_are_left_alone()
    {
        var (cube, shape) = await Fib25Async();
        var untouched = await MemorySections.SurveyAsync(cube, shape);
        untouched.Count(section => section.Flags != SectionFlags.None).Should().BeLessThanOrEqualTo((int)shape[0] / 100);

        var (planted, found, elsewhere, sections) = (0, 0, 0, 0);
        for (var seed = 1; seed <= 2; seed++)
        {
            var stack = PlantedDefects.Plant(cube, shape, PlantedDefects.Kinds, seed);
            var survey = await MemorySections.SurveyAsync(stack.Voxels, stack.Shape);
            planted += stack.Planted.Count;
            found += stack.Planted.Count(defect => survey[defect.Index].Flags.HasFlag(defect.Flag));
            elsewhere += survey.Count(section => section.Flags != SectionFlags.None && stack.Planted.All(defect => defect.Index != section.Index));
            sections += survey.Count;
        }

        planted.Should().BeGreaterThan(PlantedDefects.Kinds.Count, "each kind was planted");
        found.Should().BeGreaterThanOrEqualTo((int)Math.Ceiling(0.99 * planted));
        elsewhere.Should().BeLessThanOrEqualTo(sections / 100);
    }

    private static async Task<(byte[] Voxels, NdIndex Shape)> Fib25Async()
    {
        await using var store = new LocalStore(SharedData.Require("realdata/em/fib25_520"));
        await using var volume = (await FormatRegistry.OpenAsync(new VolumePath(store, ""), cancellation: TestContext.Current.CancellationToken)).Single();
        var voxels = new byte[volume.Info.Shape.Volume];
        await volume.ReadAsync(Box.Whole(volume.Info.Shape), voxels, TestContext.Current.CancellationToken);
        return (voxels, volume.Info.Shape);
    }
}
