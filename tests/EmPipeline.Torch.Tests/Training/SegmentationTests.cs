using EmPipeline.Catalog;
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
        output.ToString().Should().Contain("; validated on second, held out:").And.Contain("  first: 12 trained on, 0 validated on").And.Contain("  second: 0 trained on, 12 validated on")
            .And.Contain("step   60 of 60  loss ").And.MatchRegex(@"  network   Dice \d\.\d+, IoU \d\.\d+\n  baseline  Dice \d\.\d+, IoU \d\.\d+, the best grey threshold: all that is darker than ");

        var predicted = await PredictCommand.RunAsync(PredictArguments.Parse(["--catalog", _catalog.Folder, "--dataset", "second", "--tile", "32"]), output, CancellationToken.None);
        predicted.Folders.Select(folder => Path.GetRelativePath(_catalog.Root, folder)).Should().Equal("zarr/second.zarr/predictions/mitochondria", "zarr/second.zarr/labels/prediction/mitochondria");
        File.ReadAllText(Path.Combine(_catalog.Root, "zarr/second.zarr/labels/zarr.json")).Should().Contain("prediction/mitochondria");
        output.ToString().Should().Contain("#!http://127.0.0.1:5151/zarr/second.zarr/predictions/neuroglancer.json");
        var state = System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(Path.Combine(_catalog.Root, "zarr/second.zarr/predictions/neuroglancer.json")))!;
        var layers = state["layers"]!.AsArray().Select(layer => ((string)layer!["type"]!, (string)layer["source"]!)).ToList();
        layers.Select(layer => layer.Item1).Should().Equal("image", "image", "segmentation");
        layers.Should().OnlyContain(layer => Directory.Exists(Path.Combine(_catalog.Root, layer.Item2.Replace("http://127.0.0.1:5151/", "").Replace("|zarr3:", ""))));
        var (found, truth) = (await ReadAsync(predicted.Folders[1]), await TruthAsync(_catalog, "second"));
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

    [Theory]
    [InlineData("split")]
    [InlineData("held out")]
    [InlineData("layers")]
    public async Task Patches_hold_what_image_and_label_say_and_none_of_validation_is_trained_on(string by)
    {
        using var divided = by == "split" ? await LabelledCatalog.MakeAsync(null, Split("first"), Split("second")) : null;
        var catalog = divided ?? _catalog;
        var options = new SegmentationOptions { Catalog = catalog.Folder, Patch = 24, HeldOut = by == "held out" ? ["second"] : [] };
        await using var data = await SegmentationData.OpenAsync(options, CancellationToken.None);
        data.Parts.By.Should().Contain(by == "split" ? "split halves" : by == "layers" ? "last blocks" : "held out");
        var truth = new Dictionary<string, byte[]> { ["first"] = await TruthAsync(catalog, "first"), ["second"] = await TruthAsync(catalog, "second") };
        var (training, validation) = (Voxels(data.Unvaried(CancellationToken.None)), Voxels(data.Validation(CancellationToken.None)));
        training.Should().NotBeEmpty();
        validation.Should().NotBeEmpty();
        training.Overlaps(validation).Should().BeFalse();

        HashSet<(string Dataset, long Voxel)> Voxels(IEnumerable<BlockBatch> batches)
        {
            var seen = new HashSet<(string, long)>();
            foreach (var batch in batches)
            {
                var (target, certain, mask, grey, origin) = (
                    batch.Tensors["binary"].data<byte>().ToArray(), batch.Tensors["binary_mask"].data<byte>().ToArray(), batch.Mask!.select(1, 0).contiguous().data<byte>().ToArray(),
                    batch.Data.data<float>().ToArray(), batch.Tensors["origin"].data<long>().ToArray());
                for (var sample = 0; sample < batch.Blocks.Count; sample++)
                {
                    var (dataset, box, i) = (batch.Blocks[sample].Dataset, new Box(new NdIndex(origin[3 * sample], origin[(3 * sample) + 1], origin[(3 * sample) + 2]), NdIndex.Filled(3, 24)), sample * 24 * 24 * 24);
                    foreach (var at in box.CellsTouched(NdIndex.Filled(3, 1)))
                    {
                        var voxel = (((at[0] * 64) + at[1]) * 64) + at[2];
                        certain[i].Should().Be(mask[i] == 1 && at[0] >= 2 && at[1] >= 3 ? (byte)1 : (byte)0);
                        if (certain[i] == 1)
                            target[i].Should().Be(truth[dataset][voxel]);
                        if (mask[i] == 1)
                            seen.Add((dataset, voxel));
                        else
                            grey[i].Should().Be(0);
                        i++;
                    }
                }

                batch.Dispose();
            }

            return seen;
        }

        static SplitRecord Split(string dataset) => new()
        {
            Split = "halves", Dataset = dataset, Whole = dataset, Shares = [new("train", 1), new("validation", 1)], Seed = 1, Cell = new(40, 64, 64), Halo = NdIndex.Filled(3, 8), Offset = NdIndex.Filled(3, 0),
        };
    }

    [Fact]
    public async Task What_cannot_be_trained_on_or_predicted_with_is_said()
    {
        await ShouldFailAsync(Options() with { Label = "nuclei" }, "label nuclei: got no dataset to learn from, expected a dataset of the catalogue that has it; no dataset has it.");
        await ShouldFailAsync(Options() with { Datasets = ["third"] }, "label mitochondria: got third, expected *; those that have it are first, second.");
        await ShouldFailAsync(Options() with { HeldOut = ["first", "second"] }, "label mitochondria: got no dataset to learn from, *");
        await ShouldFailAsync(Options() with { HeldOut = ["secnd"] }, "--held-out: got secnd, expected a dataset of the catalogue: first, second.");
        await ShouldFailAsync(Options() with { Split = "v1" }, "--split: got v1, expected a split whose parts 'train' and 'validation' both have blocks with mitochondria.*");
        var options = Options() with { Steps = 1, Batch = 1, Patch = 16 };
        await SegmentationTrainer.RunAsync(options, TextWriter.Null, CancellationToken.None);
        await ShouldFailAsync(options with { Seed = 1 }, "*got a checkpoint of another run, expected one of this catalogue and these options. Give --checkpoint another file, or remove it. (*seed*");
        await ShouldFailAsync(options with { HeldOut = ["second"] }, "*got a checkpoint of another run*query*");
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
    private static async Task<byte[]> TruthAsync(LabelledCatalog catalog, string dataset)
    {
        var stored = await ReadAsync(catalog.File($"zarr/{dataset}.zarr/labels/groundtruth/mitochondria"));
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
