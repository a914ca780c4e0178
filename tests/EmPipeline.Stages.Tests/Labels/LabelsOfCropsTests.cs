using EmPipeline.Stages.Download;
using EmPipeline.Stages.Ledgers;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Tests.Labels;

/// <summary>Random crops lie where there are labels; what does not fit together is said.</summary>
public sealed class LabelsOfCropsTests : IDisposable
{
    private static readonly NdIndex Shape = new(20, 30, 40);
    private readonly TemporaryFolder _folder = new();

    public LabelsOfCropsTests()
    {
        TestVolumes.WritePrecomputed(_folder["image"], TestVolumes.Make(Shape), Shape, NdIndex.Filled(3, 16));
        // Shorter in y and x.
        var labels = new NdIndex(20, 21, 33);
        TestVolumes.WritePrecomputed(_folder["labels"], TestVolumes.Make(labels, 1), labels, NdIndex.Filled(3, 16));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_random_crop_is_drawn_where_there_are_labels()
    {
        for (var seed = 0; seed < 12; seed++)
        {
            var run = new StageRun(_folder);
            await run.RunAsync(Config($"shape: [8, 12, 16], origin: random, seed: {seed}"), Stage.Download, Stage.Verify, Stage.ExtractMetadata);
            var crop = Ledger.Read(run.Data.LedgerFile("mine", Stage.Download))!.ResultAs<DownloadResult>().Crop!;
            (crop.Origin + crop.Shape)[1].Should().BeLessThanOrEqualTo(21);
            (crop.Origin + crop.Shape)[2].Should().BeLessThanOrEqualTo(33);
            Ledger.Read(run.Data.LedgerFile("mine/things", Stage.Download))!.ResultAs<DownloadResult>().Crop!.Should().BeEquivalentTo(new ChosenCrop(crop.Origin, crop.Shape));
        }
    }

    [Fact]
    public async Task A_crop_that_was_locked_stays_where_labels_cover_it_and_is_refused_where_they_do_not()
    {
        // Without labels: most places reach beyond where they would be.
        var (inside, beyond) = (0, 0);
        for (var seed = 0; seed < 12; seed++)
        {
            var run = new StageRun(_folder);
            File.Delete(_folder["pipeline.lock.json"]);
            var crop = $"shape: [8, 12, 16], origin: random, seed: {seed}";
            await run.RunAsync(Config(crop, ""), Stage.Download, Stage.Verify, Stage.ExtractMetadata);
            var locked = Ledger.Read(run.Data.LedgerFile("mine", Stage.Download))!.ResultAs<DownloadResult>().Crop!;
            var withLabels = async () => await run.RunAsync(Config(crop), Stage.Download);
            if ((locked.Origin + locked.Shape) is var end && end[1] <= 21 && end[2] <= 33)
            {
                inside++;
                await withLabels();
                Ledger.Read(run.Data.LedgerFile("mine", Stage.Download))!.ResultAs<DownloadResult>().Crop!.Origin.Should().Be(locked.Origin);
            }
            else
            {
                beyond++;
                (await withLabels.Should().ThrowAsync<EmException>()).Which.Message.Should().Contain("datasets.mine.labels.things: got the image's crop").And.Contain("another seed");
            }
        }

        (inside, beyond).Should().Match<(int, int)>(count => count.Item1 > 0 && count.Item2 > 0);
    }

    [Fact]
    public async Task A_fixed_crop_may_reach_beyond_its_labels()
    {
        var run = new StageRun(_folder);
        await run.RunAsync(Config("shape: [8, 12, 16], origin: [3, 15, 20]"));
        (await run.WrittenAsync("mine/things")).Shape.Should().Be(new NdIndex(8, 6, 13));
    }

    [Fact]
    public async Task Labels_that_do_not_reach_their_image_are_an_error()
    {
        var run = async () => await new StageRun(_folder).RunAsync(Config("shape: [8, 8, 8], origin: [3, 22, 20]"));
        (await run.Should().ThrowAsync<EmException>()).Which.Message.Should().Contain("datasets.mine.labels.things: got labels of").And.Contain("expected some in the image's");
    }

    [Fact]
    public async Task An_offset_in_the_configuration_counts()
    {
        var run = new StageRun(_folder);
        await run.RunAsync(Config("shape: [8, 12, 16], origin: [3, 15, 20]", "offset: [16, 80, 160]"));
        // Ten voxels further on in y, twenty in x, two in z.
        var (shape, voxels) = await run.WrittenAsync("mine/things");
        shape.Should().Be(new NdIndex(8, 12, 16));
        voxels.Should().Equal(TestVolumes.Cut(TestVolumes.Make(new NdIndex(20, 21, 33), 1), new NdIndex(20, 21, 33), new Box(new NdIndex(1, 5, 0), shape)));
    }

    private string Config(string crop, string? label = "offset: [0, 0, 0]") => $$"""
          mine:
            source: { precomputed: "file://{{_folder["image"]}}" }
            crop: { {{crop}} }
        """ + (label == "" ? "\n" : $$"""

            labels:
              things: { source: { precomputed: "file://{{_folder["labels"]}}" }, kind: instances, {{label}} }

        """);
}
