using EmPipeline.Tests.Servers;
using EmPipeline.Torch.Tests.Remote;
using EmPipeline.Volumes;
using static TorchSharp.torch;

namespace EmPipeline.Torch.Tests.Blocks;

/// <summary>A shard that the catalogue says was written is an error where it is not there, and never zeros; one that it says is empty is fill.</summary>
public sealed class MissingShardTests(TestCatalog catalog)
{
    private const string Block = "dataset = 'cube' AND z = 0 AND y = 128 AND x = 0", Shard = "zarr/cube.zarr/s0/c/0/1/0";

    [Fact]
    public async Task A_missing_shard_is_named_by_its_path()
    {
        using var copy = new CopiedCatalog(catalog);
        await using (var whole = await BlockSource.OpenAsync(copy.Catalog, Block))
            await ReadAsync(whole);
        File.Delete(copy[Shard]);
        await using var source = await BlockSource.OpenAsync(copy.Catalog, Block);
        var error = (await FluentActions.Awaiting(() => ReadAsync(source)).Should().ThrowAsync<EmException>()).Which;
        error.Fault.Should().Be(Fault.Corrupt);
        error.Message.Should().StartWith("block cube s0 [0, 128, 0]: ").And.Contain(copy[Shard]).And.Contain("expected").And.Contain("./build.sh Rechunk");
    }

    [Fact]
    public async Task A_shard_that_is_gone_mid_epoch_ends_the_epoch_with_its_name()
    {
        using var copy = new CopiedCatalog(catalog);
        await using var source = await BlockSource.OpenAsync(copy.Catalog, "dataset = 'cube' AND z = 0");
        using var epoch = new BlockLoader(source, new BlockLoaderOptions { BatchSize = 1, Workers = 1, Prefetch = 1, Shuffle = false }).Epoch().GetEnumerator();
        epoch.MoveNext().Should().BeTrue();
        foreach (var shard in Directory.EnumerateFiles(copy["zarr/cube.zarr/s0/c/0/1"]).ToList())
            File.Delete(shard);
        var rest = () =>
        {
            do
                epoch.Current.Dispose();
            while (epoch.MoveNext());
        };
        rest.Should().Throw<EmException>().Which.Fault.Should().Be(Fault.Corrupt);
    }

    [Fact]
    public async Task A_missing_shard_is_named_by_its_address()
    {
        await using var served = await ServedCatalog.StartAsync(catalog);
        var key = served.Server.Objects.Keys.Single(name => name.EndsWith(Shard, StringComparison.Ordinal));
        served.Server.Objects.TryRemove(key, out _).Should().BeTrue();
        await using var source = await BlockSource.OpenAsync(served.Address, Block, served.Options);
        var error = (await FluentActions.Awaiting(() => ReadAsync(source)).Should().ThrowAsync<EmException>()).Which;
        error.Fault.Should().Be(Fault.Corrupt);
        error.Message.Should().Contain("http://").And.Contain(Shard);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Of_every_level_an_empty_shard_is_fill_and_a_missing_one_is_not(int level)
    {
        using var folder = new HoledFolder();
        await folder.MakeAsync();
        await using var source = await BlockSource.OpenAsync(folder.Catalog, $"SELECT * FROM blocks WHERE level = {level} ORDER BY x", new BlockOptions { Values = BlockValues.Stored });
        var states = source.Blocks.Select((block, i) => (Index: i, Path: Path.Combine(block.Path, $"c/0/0/{block.X / 64}"))).ToList();
        states.Select(state => File.Exists(state.Path)).Should().Contain(false).And.Contain(true);
        foreach (var (index, path) in states)
        {
            if (File.Exists(path))
            {
                File.Delete(path);
                (await FluentActions.Awaiting(() => ReadAsync(source, index)).Should().ThrowAsync<EmException>()).Which.Fault.Should().Be(Fault.Corrupt);
            }
            else
            {
                (await ReadAsync(source, index)).Should().OnlyContain(voxel => voxel == 0);
            }
        }
    }

    [Theory]
    [InlineData(8, 0)]
    [InlineData(16, 1)]
    public async Task Of_labels_too_an_empty_shard_is_background_and_a_missing_one_is_not(double size, int level)
    {
        using var folder = new HoledFolder();
        await folder.MakeAsync();
        var options = new BlockOptions { Labels = ["cells"], VoxelSize = new VoxelSize(size, size, size), Shape = NdIndex.Filled(3, 32) };
        await using var source = await BlockSource.OpenAsync(folder.Catalog, "SELECT * FROM blocks WHERE level = 0 ORDER BY x", options);
        using var dataset = new BlockDataset(source);
        foreach (var (index, x) in source.Blocks.Select((block, i) => (i, block.X)))
        {
            using var scope = NewDisposeScope();
            var isHole = x is >= 128 and < 256;
            dataset.GetTensor(index)["labels"].unique().output.data<long>().ToArray().Should().Equal(isHole ? 0 : 1);
        }

        // Indexes that were read are kept: what is gone since is seen by whoever opens anew.
        Directory.Delete(Path.Combine(folder.Label, $"s{level}/c"), recursive: true);
        await using var again = await BlockSource.OpenAsync(folder.Catalog, "SELECT * FROM blocks WHERE level = 0 ORDER BY x", options);
        using var damaged = new BlockDataset(again);
        var read = () => damaged.GetTensor(0);
        var error = read.Should().Throw<EmException>().WithMessage("block holed s0 [0, 0, 0]: *").Which;
        error.Fault.Should().Be(Fault.Corrupt);
        error.Message.Should().Contain($"labels/groundtruth/cells/s{level}/c/0/0/0");
    }

    [Fact]
    public async Task Foreground_is_not_drawn_from_a_shard_that_is_missing()
    {
        using var folder = new HoledFolder();
        await folder.MakeAsync();
        Directory.Delete(Path.Combine(folder.Label, "s0/c"), recursive: true);
        await using var source = await BlockSource.OpenAsync(folder.Catalog, "SELECT * FROM blocks WHERE level = 0", new BlockOptions { Foreground = new Foreground { Share = 1, Classes = [new("cells")] } });
        var epoch = () => new BlockLoader(source).Epoch().Count();
        var error = epoch.Should().Throw<EmException>().Which;
        error.Fault.Should().Be(Fault.Corrupt);
        error.Message.Should().Contain("labels/groundtruth/cells/s0/c/0/0/");
    }

    [Fact]
    public async Task What_is_predicted_from_has_all_of_its_shards()
    {
        using var folder = new HoledFolder();
        await folder.MakeAsync();
        File.Delete(Path.Combine(folder.Image, "s0/c/0/0/1"));
        await using var predictor = await Predictor.OpenAsync(folder.Catalog, "holed");
        var options = new PredictOptions { Channels = ["m"], ModelHash = "test", Tile = NdIndex.Filled(3, 32), Overlap = NdIndex.Filled(3, 8), Labels = LabelRule.None };
        var error = (await FluentActions.Awaiting(() => predictor.RunAsync(batch => batch, options)).Should().ThrowAsync<EmException>()).Which;
        error.Fault.Should().Be(Fault.Corrupt);
        error.Message.Should().Contain("s0/c/0/0/1");
    }

    [Fact]
    public async Task An_array_that_is_gone_altogether_is_no_fill_either()
    {
        using var copy = new CopiedCatalog(catalog);
        await using var source = await BlockSource.OpenAsync(copy.Catalog, Block);
        Directory.Delete(copy["zarr/cube.zarr"], recursive: true);
        (await FluentActions.Awaiting(() => ReadAsync(source)).Should().ThrowAsync<EmException>()).Which.Fault.Should().Be(Fault.Source);
    }

    private static async Task<byte[]> ReadAsync(BlockSource source, int index = 0)
    {
        var target = new byte[source.BytesPerBlock];
        await source.ReadAsync(index, 0, target);
        return target;
    }
}
