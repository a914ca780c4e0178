using EmPipeline.Catalog;
using EmPipeline.Volumes;
using EmPipeline.Zarr;
using static TorchSharp.torch;

namespace EmPipeline.Torch.Tests.Inference;

/// <summary>What a finished prediction leaves for the next catalogue, and when it does.</summary>
public sealed class FinishedLabelTests : IDisposable
{
    // No grey value, so that how sums are rounded decides nothing.
    private const double Threshold = 40_000.5;
    private readonly CopiedCatalog _copy;
    private readonly TestCatalog _catalog;

    public FinishedLabelTests(TestCatalog catalog)
    {
        (_catalog, _copy) = (catalog, new CopiedCatalog(catalog));
        File.Copy(_copy["state/wide/journal"], Table);
    }

    private string Table => _copy["state/wide/Rechunk.shards"];

    private string Label => _copy["zarr/wide.zarr/labels/prediction/m"];

    public void Dispose() => _copy.Dispose();

    [Fact]
    public async Task A_predicted_label_says_what_the_catalogue_has_to_know_of_it()
    {
        var result = await RunAsync(batch => batch, "first");
        var record = PredictedLabel.Read(Label)!;
        (record.Model, record.Dtype).Should().Be(("first", "uint8"));
        record.Image.Should().Be(await Storage.FileHash.Sha256Async(Table, cancellation: TestContext.Current.CancellationToken));
        record.Classes.Should().Equal(new Dictionary<string, string> { ["1"] = "m" });
        record.Probabilities.Should().Equal(new Dictionary<string, string> { ["1"] = "predictions/m" });

        var levels = result.Volumes[^1].Levels;
        record.Levels.Select(level => (level.Path, new NdIndex(level.Shape), new NdIndex(level.Shard), new NdIndex(level.Chunk), level.Codec))
            .Should().Equal(levels.Select(level => (level.Path, level.Shape, level.Shard, level.Chunk, "zstd:1")));
        record.Levels.Select(level => level.VoxelSizeNm[2]).Should().Equal(8, 16);
        record.Levels.Select(level => level.CentreNm[2]).Should().Equal([0, 4], "two voxels' middle lies half a voxel further");
        record.Levels[0].StoredBytes.Should().Be(Directory.EnumerateFiles(Path.Combine(Label, "s0/c"), "*", SearchOption.AllDirectories).Sum(path => new FileInfo(path).Length));

        var statistics = LabelStatisticsFile.Open(Path.Combine(Label, PredictedLabel.StatisticsName));
        var volume = _catalog.Volumes["wide"];
        var expected = Box.Whole(volume.Info.Shape).CellsTouched(NdIndex.Filled(3, 1)).Count(at => volume.At(at[0], at[1], at[2]) >= Threshold);
        expected.Should().BePositive();
        statistics.Blocks().Select(block => (block.Origin, block.Class, block.Voxels, block.Known, block.UnknownShare)).Should().Equal((NdIndex.Filled(3, 0), "m", expected, volume.Info.Shape.Volume, 0));
        statistics.Chunks().Sum(chunk => chunk.Voxels).Should().Be(expected);
    }

    [Fact]
    public async Task A_second_run_says_the_same_and_one_that_fails_says_nothing()
    {
        await RunAsync(batch => batch, "first");
        var path = Path.Combine(Label, PredictedLabel.FileName);
        var before = File.ReadAllBytes(path);
        (await RunAsync(_ => throw new InvalidOperationException(), "first")).Tiles.Should().Be(0);
        File.ReadAllBytes(path).Should().Equal(before);

        await FluentActions.Awaiting(() => RunAsync(_ => throw new InvalidOperationException(), "second")).Should().ThrowAsync<EmException>();
        PredictedLabel.Read(Label).Should().BeNull("the label is of no one model");
        await RunAsync(batch => batch, "second");
        PredictedLabel.Read(Label)!.Model.Should().Be("second");
    }

    [Fact]
    public async Task An_image_that_no_catalogue_describes_has_labels_that_none_lists()
    {
        File.Delete(Table);
        await RunAsync(batch => batch, "first");
        File.Exists(Path.Combine(Label, "zarr.json")).Should().BeTrue();
        PredictedLabel.Read(Label).Should().BeNull();
    }

    [Fact]
    public async Task A_description_that_is_damaged_is_no_description()
    {
        await RunAsync(batch => batch, "first");
        File.WriteAllText(Path.Combine(Label, PredictedLabel.FileName), "{ \"model\": ");
        FluentActions.Invoking(() => PredictedLabel.Read(Label)).Should().Throw<EmException>().WithMessage($"*{PredictedLabel.FileName}: got no description*Run Predict again*").Which.Fault.Should().Be(Fault.Corrupt);
    }

    private async Task<PredictionResult> RunAsync(Func<Tensor, Tensor> model, string hash)
    {
        await using var predictor = await Predictor.OpenAsync(_copy.Catalog, "wide", cancellation: TestContext.Current.CancellationToken);
        var options = PredictedFolder.Options() with { ModelHash = hash, Deviation = 1, Labels = LabelRule.Threshold, Threshold = Threshold, Levels = 2 };
        return await predictor.RunAsync(model, options, cancellation: TestContext.Current.CancellationToken);
    }
}
