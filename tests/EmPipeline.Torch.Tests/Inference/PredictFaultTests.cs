using EmPipeline.Volumes;
using static TorchSharp.torch;

namespace EmPipeline.Torch.Tests.Inference;

/// <summary>What cannot be predicted, or asked for, is said in a way that helps.</summary>
public sealed class PredictFaultTests(TestCatalog catalog)
{
    private static readonly NdIndex Shape = new(40, 40, 40);

    [Fact]
    public async Task Output_that_is_no_number_stops_the_run_and_says_where()
    {
        using var folder = await PredictedFolder.MakeAsync(Shape);
        await ShouldFailAsync(folder, batch => batch.log() * float.NaN, PredictedFolder.Options(), "*em.zarr/s0, tiles from [0..24, 0..24, 0..24]: got NaN or infinity from the model, expected numbers.*");
        Directory.Exists(Path.Combine(folder.Group, "predictions/m/s0/c")).Should().BeFalse("nothing of it is written");
    }

    [Fact]
    public async Task Output_of_another_shape_is_named_with_the_one_expected()
    {
        using var folder = await PredictedFolder.MakeAsync(Shape);
        await ShouldFailAsync(folder, batch => batch.mean([2]), PredictedFolder.Options(), "*got [2, 1, 24, 24] from the model, expected [2, 1, 24, 24, 24].*");
        await ShouldFailAsync(folder, batch => batch.repeat(1, 2, 1, 1, 1), PredictedFolder.Options(24, 2), "*got [2, 2, 24, 24, 24] from the model, expected [2, 1, 24, 24, 24] or, without halo, [2, 1, 20, 20, 20].*");
    }

    [Fact]
    public async Task Logits_are_no_probabilities()
    {
        using var folder = await PredictedFolder.MakeAsync(Shape);
        await ShouldFailAsync(folder, batch => batch * 8, PredictedFolder.Options() with { Probabilities = ProbabilityStorage.UInt8 }, "*in channel 0, expected 0 to 1. Let it end with a sigmoid*");
    }

    [Fact]
    public async Task A_disk_that_refuses_is_named_and_the_run_goes_on_afterwards()
    {
        using var folder = await PredictedFolder.MakeAsync(Shape);
        var options = PredictedFolder.Options() with { Labels = LabelRule.Threshold };
        await folder.RunAsync(batch => batch, options);
        var expected = folder.Snapshot();
        // A folder where a shard should be: it can be neither written nor replaced.
        File.Delete(Path.Combine(folder.Group, "predictions/m/s0/c/1/1/1"));
        Directory.CreateDirectory(Path.Combine(folder.Group, "predictions/m/s0/c/1/1/1/in the way"));
        await ShouldFailAsync(folder, batch => batch, options, "*Free some space, then run again: finished shards are kept.*");
        Directory.Delete(Path.Combine(folder.Group, "predictions/m/s0/c/1/1/1"), recursive: true);
        await folder.RunAsync(batch => batch, options);
        folder.Snapshot().Should().Equal(expected);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(-1)]
    public async Task A_damaged_table_of_shards_costs_a_prediction_its_shards_and_nothing_else(int length)
    {
        using var folder = await PredictedFolder.MakeAsync(Shape);
        await folder.RunAsync(batch => batch, PredictedFolder.Options());
        var expected = folder.Snapshot();
        var table = Path.Combine(folder.Group, "predictions/m/.shards");
        var bytes = File.ReadAllBytes(table);
        bytes[^1] ^= 1;
        bytes[5] ^= 1;
        File.WriteAllBytes(table, length < 0 ? bytes : bytes[..Math.Min(length, bytes.Length)]);
        await folder.RunAsync(batch => batch, PredictedFolder.Options());
        folder.Snapshot().Should().Equal(expected);
    }

    [Fact]
    public async Task A_folder_that_was_not_predicted_is_left_alone()
    {
        using var folder = await PredictedFolder.MakeAsync(Shape);
        var thesis = Path.Combine(folder.Group, "predictions/m/thesis.tex");
        Directory.CreateDirectory(Path.GetDirectoryName(thesis)!);
        File.WriteAllText(thesis, "precious");
        await ShouldFailAsync(folder, batch => batch, PredictedFolder.Options(), "*thesis.tex*");
        File.ReadAllText(thesis).Should().Be("precious");
    }

    [Fact]
    public async Task Options_that_make_no_sense_are_refused_before_anything_is_read()
    {
        using var folder = await PredictedFolder.MakeAsync(Shape);
        var right = PredictedFolder.Options();
        await ShouldFailAsync(folder, batch => batch, right with { Halo = NdIndex.Filled(3, 12) }, "halo: got *expected less than half*");
        await ShouldFailAsync(folder, batch => batch, right with { Overlap = NdIndex.Filled(3, 24) }, "overlap: got *expected less than the tiles*");
        await ShouldFailAsync(folder, batch => batch, right with { Channels = ["../m"] }, "channel: got '../m', expected a name*");
        await ShouldFailAsync(folder, batch => batch, right with { Channels = ["m", "m"] }, "channels: got m, m, expected different names.");
        await ShouldFailAsync(folder, batch => batch, right with { Labels = LabelRule.ArgMax }, "labels: got ArgMax over 1 channels*");
        await ShouldFailAsync(folder, batch => batch, right with { Probabilities = ProbabilityStorage.None }, "labels, probabilities: got None twice*");
        await ShouldFailAsync(folder, batch => batch, right with { ModelHash = "" }, "model hash: got nothing*");
        await ShouldFailAsync(folder, batch => batch, right with { MemoryBytes = 1000 }, "memory: got 0 MiB, expected 1 MiB or more*");
        await ShouldFailAsync(folder, batch => batch, right with { Shard = new NdIndex(32, 0, 32) }, "shard: got 32×0×32, expected*");
        await ShouldFailAsync(folder, batch => batch, right with { Tile = NdIndex.Filled(3, 512), BatchSize = 4 }, "tile: got 4 at once of 512×512×512 voxels*");
        await ShouldFailAsync(folder, batch => batch, right with { Chunk = default }, "chunk: got *");
    }

    [Fact]
    public async Task A_dataset_that_is_not_there_is_named_with_those_that_are()
    {
        var open = () => Predictor.OpenAsync(catalog.Folder, "mouse");
        (await open.Should().ThrowAsync<EmException>()).WithMessage("dataset: got mouse s0, expected one of cube s0, *thin s0, wide s0.").Which.Fault.Should().Be(Fault.Configuration);
        open = () => Predictor.OpenAsync(catalog.Folder, "cube", level: 7);
        (await open.Should().ThrowAsync<EmException>()).WithMessage("dataset: got cube s7, expected one of cube s0, *");
    }

    [Fact]
    public async Task An_array_that_is_not_there_is_named()
    {
        var open = () => Predictor.OpenVolumeAsync("/nowhere/s0");
        (await open.Should().ThrowAsync<EmException>()).WithMessage("/nowhere/s0: got a folder without an array*");
    }

    private static async Task ShouldFailAsync(PredictedFolder folder, Func<Tensor, Tensor> model, PredictOptions options, string message)
    {
        var run = () => folder.RunAsync(model, options);
        (await run.Should().ThrowAsync<EmException>()).WithMessage(message);
    }
}
