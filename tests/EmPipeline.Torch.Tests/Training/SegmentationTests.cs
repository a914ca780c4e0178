using EmPipeline.Train.Prediction;
using EmPipeline.Train.Segmentation;
using EmPipeline.Volumes;

namespace EmPipeline.Torch.Tests.Training;

/// <summary>The second task of training, from labels in a catalogue to labels on disk.</summary>
public sealed class SegmentationTests : IAsyncLifetime
{
    private LabelledCatalog _catalog = null!;

    public async ValueTask InitializeAsync() => _catalog = await LabelledCatalog.MakeAsync();

    public ValueTask DisposeAsync()
    {
        _catalog.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task It_finds_better_than_any_grey_threshold_and_a_held_out_volume_is_predicted()
    {
        var output = new StringWriter();
        var options = Options() with { Steps = 60, Batch = 2, Patch = 32, HeldOut = ["second"] };
        var result = await SegmentationTrainer.RunAsync(options, output, CancellationToken.None);
        result.Network.Dice.Should().BeGreaterThan(result.Baseline.Dice);
        result.Baseline.Dice.Should().BeInRange(0.3, 0.9, "balls are dark, and so are sheets");
        output.ToString().Should().Contain("first: trained on [2..48, 0..64, 0..64], ").And.NotContain("second").And.Contain("step   60 of 60  loss ").And.Contain("Best grey threshold (all that is darker than ");

        var predicted = await PredictCommand.RunAsync(PredictArguments.Parse(["--catalog", _catalog.Folder, "--dataset", "second", "--tile", "32"]), output, CancellationToken.None);
        predicted.Folders.Select(folder => Path.GetRelativePath(_catalog.Root, folder)).Should().Equal("zarr/second.zarr/predictions/mitochondria", "zarr/second.zarr/labels/prediction/mitochondria");
        File.ReadAllText(Path.Combine(_catalog.Root, "zarr/second.zarr/labels/zarr.json")).Should().Contain("prediction/mitochondria");
        var (found, truth) = (await ReadAsync(predicted.Folders[1]), await TruthAsync("second"));
        new Score(found.Zip(truth).Count(pair => pair is (1, 1)), found.Count(voxel => voxel == 1), truth.Count(voxel => voxel == 1)).Dice.Should().BeGreaterThan(result.Baseline.Dice);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Training_that_goes_on_from_a_checkpoint_ends_with_the_same_bytes(int stopAfter)
    {
        var options = Options() with { Steps = 4, Batch = 2, Patch = 16, Every = 1 };
        await SegmentationTrainer.RunAsync(options, TextWriter.Null, CancellationToken.None);
        var expected = File.ReadAllBytes(options.Checkpoint);
        var again = options with { Checkpoint = _catalog.File("other/again.checkpoint") };
        await SegmentationTrainer.RunAsync(again with { Steps = stopAfter }, TextWriter.Null, CancellationToken.None);
        var rest = await SegmentationTrainer.RunAsync(again, TextWriter.Null, CancellationToken.None);
        rest.Losses.Should().HaveCount(4 - stopAfter);
        File.ReadAllBytes(again.Checkpoint).Should().Equal(expected);
    }

    [Fact]
    public async Task Patches_hold_what_image_and_label_say_of_the_same_place()
    {
        var volumes = await LabelledVolume.OpenAllAsync(_catalog.Folder, "mitochondria", ["first"], [], CancellationToken.None);
        var volume = volumes.Should().ContainSingle().Subject;
        await using (volume)
        {
            volume.Region.Should().Be(new Box(new NdIndex(2, 0, 0), new NdIndex(78, 64, 64)));
            // Beyond the volume along x, above the label along z.
            var box = new Box(new NdIndex(0, 0, 40), NdIndex.Filled(3, 32));
            var (grey, target, mask) = (new float[box.Volume], new float[box.Volume], new float[box.Volume]);
            await volume.ReadAsync(box, grey, target, mask, CancellationToken.None);
            var truth = await TruthAsync("first");
            foreach (var (at, i) in box.CellsTouched(NdIndex.Filled(3, 1)).Select((at, i) => (at, i)))
            {
                var counts = at[0] >= 2 && at[1] >= 3 && at[2] < 64;
                mask[i].Should().Be(counts ? 1 : 0);
                target[i].Should().Be(counts ? truth[(((at[0] * 64) + at[1]) * 64) + at[2]] : 0);
                (grey[i] == 0).Should().Be(at[2] >= 64);
            }
        }
    }

    [Fact]
    public async Task What_cannot_be_trained_on_or_predicted_with_is_said()
    {
        await ShouldFailAsync(Options() with { Label = "nuclei" }, "label nuclei: got no dataset to learn from, expected a dataset of * that has it; no dataset has it.");
        await ShouldFailAsync(Options() with { Datasets = ["third"] }, "label mitochondria: got third, expected *; those that have it are first, second.");
        await ShouldFailAsync(Options() with { HeldOut = ["first", "second"] }, "label mitochondria: got no dataset to learn from, *");
        await ShouldFailAsync(Options() with { Patch = 80 }, "patch: got 80, expected less*");
        var options = Options() with { Steps = 1, Batch = 1, Patch = 16 };
        await SegmentationTrainer.RunAsync(options, TextWriter.Null, CancellationToken.None);
        await ShouldFailAsync(options with { Seed = 1 }, "*got a checkpoint of another run (mitochondria; first *seed 0), expected *seed 1. Give --checkpoint another file, or remove it.");
        File.WriteAllText(options.Checkpoint, "no zip");
        await ShouldFailAsync(options, "*got a file that cannot be read as a checkpoint*");
        File.Delete(options.Checkpoint);
        var predict = () => PredictCommand.RunAsync(PredictArguments.Parse(["--catalog", _catalog.Folder, "--dataset", "second"]), TextWriter.Null, CancellationToken.None);
        (await predict.Should().ThrowAsync<EmException>()).WithMessage("*got no checkpoint, expected a trained network. Run ./build.sh Train --task segmentation first.");
        var nowhere = () => PredictCommand.RunAsync(PredictArguments.Parse(["--catalog", _catalog.Folder, "--dataset", "third"]), TextWriter.Null, CancellationToken.None);
        (await nowhere.Should().ThrowAsync<EmException>()).WithMessage("dataset: got third s0, expected one of first s0, second s0.");
    }

    private SegmentationOptions Options() => new() { Catalog = _catalog.Folder };

    private static async Task ShouldFailAsync(SegmentationOptions options, string message)
    {
        var run = () => SegmentationTrainer.RunAsync(options, TextWriter.Null, CancellationToken.None);
        (await run.Should().ThrowAsync<EmException>()).WithMessage(message);
    }

    /// <summary>1 where the label of the whole image says 7.</summary>
    private async Task<byte[]> TruthAsync(string dataset)
    {
        var stored = await ReadAsync(_catalog.File($"zarr/{dataset}.zarr/labels/groundtruth/mitochondria"));
        return [.. new byte[2 * 64 * 64], .. stored.Where((_, i) => i % 2 == 0).Select(value => value == 7 ? (byte)1 : (byte)0)];
    }

    private static async Task<byte[]> ReadAsync(string folder)
    {
        await using var store = new Storage.LocalStore(Path.Combine(folder, "s0"));
        await using var reader = (await Zarr.ZarrVolumes.OpenAsync(new Zarr.VolumePath(store, "")))[0];
        var voxels = new byte[reader.Info.DecodedBytes];
        await reader.ReadAsync(Box.Whole(reader.Info.Shape), voxels);
        return voxels;
    }
}
