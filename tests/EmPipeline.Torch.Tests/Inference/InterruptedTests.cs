using EmPipeline.Volumes;
using static TorchSharp.torch;

namespace EmPipeline.Torch.Tests.Inference;

/// <summary>Predictions that end early, and what the next run makes of what they left.</summary>
public sealed class InterruptedTests
{
    private static readonly NdIndex Shape = new(100, 70, 50);

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(23)]
    [InlineData(60)]
    public async Task A_run_whose_model_fails_is_continued_to_the_same_bytes(int failAt)
    {
        using var folder = await PredictedFolder.MakeAsync(Shape);
        var all = await folder.RunAsync(Model, Options());
        var expected = folder.Snapshot();
        foreach (var path in all.Folders)
            Directory.Delete(path, recursive: true);

        var (calls, given) = (0, 0L);
        var failing = () => folder.RunAsync(
            batch =>
            {
                given += batch.shape[0];
                return ++calls == failAt ? throw new InvalidOperationException("out of memory") : Model(batch);
            },
            Options());
        (await failing.Should().ThrowAsync<EmException>()).WithMessage("*tiles from *the model failed: out of memory Finished shards are kept.");
        folder.Snapshot().Keys.Should().NotContain("predictions/m/zarr.json", "a volume that is not whole must not open");

        var rest = await folder.RunAsync(Model, Options());
        folder.Snapshot().Should().Equal(expected);
        // A layer of shards, and the tiles before it that reach into it: three layers of tiles of this extent, each of at most three by three.
        rest.Tiles.Should().BeInRange(all.Tiles - given, all.Tiles - given + (3 * 9) + Options().BatchSize);
    }

    [Fact]
    public async Task A_second_run_asks_the_model_nothing()
    {
        using var folder = await PredictedFolder.MakeAsync(Shape);
        await folder.RunAsync(Model, Options());
        var before = folder.Snapshot();
        var again = await folder.RunAsync(_ => throw new InvalidOperationException(), Options());
        again.Tiles.Should().Be(0);
        folder.Snapshot().Should().Equal(before);
    }

    [Fact]
    public async Task A_volume_that_was_written_anew_is_predicted_anew_though_its_files_are_as_long_as_before()
    {
        using var folder = await PredictedFolder.MakeAsync(Shape);
        await folder.RunAsync(Model, Options());
        // What is in them is not looked at.
        var shard = Directory.EnumerateFiles(Path.Combine(folder.Array, "c"), "*", SearchOption.AllDirectories).First();
        File.WriteAllBytes(shard, File.ReadAllBytes(shard));
        (await folder.RunAsync(Model, Options())).Tiles.Should().BePositive();
    }

    [Fact]
    public async Task Outputs_that_are_at_different_layers_come_together()
    {
        using var folder = await PredictedFolder.MakeAsync(Shape);
        await folder.RunAsync(Model, Options());
        var expected = folder.Snapshot();
        File.Delete(Path.Combine(folder.Group, "predictions/m/s0/c/1/0/0"));
        File.Delete(Path.Combine(folder.Group, "labels/prediction/m/s0/c/3/1/1"));
        File.Delete(Path.Combine(folder.Group, "labels/prediction/m/s0/c/0/0/1"));
        await folder.RunAsync(Model, Options());
        folder.Snapshot().Should().Equal(expected);
    }

    [Fact]
    public async Task Another_model_or_another_image_is_predicted_anew()
    {
        using var folder = await PredictedFolder.MakeAsync(Shape);
        var first = await folder.RunAsync(Model, Options());
        var other = await folder.RunAsync(batch => 1 - batch, Options() with { ModelHash = "other" });
        other.Tiles.Should().Be(first.Tiles);
        File.AppendAllText(Path.Combine(folder.Array, "c/0/0/0"), "longer");
        (await folder.RunAsync(Model, Options() with { ModelHash = "other" }).ContinueWith(run => run.IsFaulted)).Should().BeTrue("a damaged shard is never predicted from");
        folder.Snapshot().Keys.Should().NotContain("predictions/m/zarr.json");
    }

    [Fact]
    public async Task Cancelling_keeps_what_is_finished()
    {
        using var folder = await PredictedFolder.MakeAsync(Shape);
        using var stop = new CancellationTokenSource();
        var calls = 0;
        var cancelled = () => folder.RunAsync(
            batch =>
            {
                if (++calls == 20)
                    stop.Cancel();
                return Model(batch);
            },
            Options(), stop.Token);
        await cancelled.Should().ThrowAsync<OperationCanceledException>();
        calls.Should().Be(20);
        var rest = await folder.RunAsync(Model, Options());
        rest.Tiles.Should().BePositive();
        rest.Volumes.Should().OnlyContain(volume => volume.ShardsReused > 0);
    }

    private static PredictOptions Options() => PredictedFolder.Options() with { Probabilities = ProbabilityStorage.UInt8, Labels = LabelRule.Threshold, MemoryBytes = 1 << 18 };

    private static Tensor Model(Tensor batch) => (batch * 3 - 1).sigmoid();
}
