using EmPipeline.Storage;
using EmPipeline.Torch.Tests.Blocks;
using EmPipeline.Torch.Tests.Sampling;
using EmPipeline.Volumes;

namespace EmPipeline.Torch.Tests.Items;

/// <summary>What cannot be served is an error that says who has to act and names the place, never a block of zeros.</summary>
public sealed class BadInputTests(TestCatalog catalog)
{
    [Theory]
    [InlineData("mitochondria_share > 0.01", "query: *mitochondria_share*")]
    [InlineData("SELECT dataset, level, z, y FROM training_blocks", "query: got columns dataset, level, z, y; expected at least dataset, level, z, y, x.*")]
    [InlineData("SELECT 'cube' AS dataset, 7 AS level, 0 AS z, 0 AS y, 0 AS x", "query: got a row of dataset 'cube' level 7, expected datasets and levels of the volumes table.")]
    [InlineData("SELECT dataset, level, NULL AS z, y, x FROM training_blocks", "query: got z = NULL, expected a whole number.")]
    [InlineData("SELECT dataset, level, z, -1 AS y, x FROM training_blocks", "query: got block *-1*expected its first voxel inside the volume of *")]
    [InlineData("SELECT dataset, level, z, y, 300 AS x FROM training_blocks WHERE dataset = 'cube'", "query: got block cube s0 *0, 0, 300], expected its first voxel inside the volume of 160×256×300.")]
    [InlineData("SELECT dataset, level, z, y, 9223372036854775807 AS x FROM training_blocks", "query: got block *9223372036854775807], expected its first voxel inside the volume of *")]
    [InlineData("x > 1000000", "query: got no block, expected at least one. The query was: x > 1000000")]
    public async Task A_query_of_nothing_or_of_what_is_not_there_is_a_configuration_error(string query, string message)
    {
        var open = () => BlockSource.OpenAsync(catalog.Folder, query, new BlockOptions { Shape = NdIndex.Filled(3, 8) });
        (await open.Should().ThrowAsync<EmException>()).WithMessage(message).Which.Fault.Should().Be(Fault.Configuration);
    }

    [Theory]
    [InlineData(0, 8, 8)]
    [InlineData(-1, 8, 8)]
    [InlineData(100_000, 100_000, 100_000)]
    [InlineData(1300, 1300, 1300)]
    [InlineData(long.MaxValue, 2, 2)]
    public async Task A_sample_that_no_memory_holds_is_a_configuration_error(long z, long y, long x)
    {
        var open = () => BlockSource.OpenAsync(catalog.Folder, "dataset = 'cube'", new BlockOptions { Shape = new NdIndex(z, y, x) });
        (await open.Should().ThrowAsync<EmException>()).WithMessage("shape: got *").Which.Fault.Should().Be(Fault.Configuration);
    }

    [Theory]
    [InlineData(0, 8)]
    [InlineData(-4, 8)]
    [InlineData(double.NaN, 8)]
    [InlineData(8, double.PositiveInfinity)]
    public async Task A_voxel_size_that_is_none_is_a_configuration_error(double z, double x)
    {
        var open = () => BlockSource.OpenAsync(catalog.Folder, "dataset = 'cube'", new BlockOptions { VoxelSize = new VoxelSize(z, 8, x) });
        (await open.Should().ThrowAsync<EmException>()).WithMessage("VoxelSize: got *").Which.Fault.Should().Be(Fault.Configuration);
    }

    [Fact]
    public async Task Foreground_of_a_label_beside_its_image_is_a_configuration_error()
    {
        using var beside = await LabelledSmall.MakeAsync(catalog, new VoxelSize(8, 8, 8), (8 * 1000, 0, 0), NdIndex.Filled(3, 32), _ => 1);
        var open = () => beside.OpenAsync("", new BlockOptions { Foreground = new Foreground { Share = 1, Classes = [new("common")] } });
        (await open.Should().ThrowAsync<EmException>()).WithMessage("foreground: got class 'common', of which the chosen blocks of small hold no voxel*").Which.Fault.Should().Be(Fault.Configuration);
    }

    [Theory]
    [InlineData(StorageFault.Source, Fault.Source)]
    [InlineData(StorageFault.Absent, Fault.Source)]
    [InlineData(StorageFault.Content, Fault.Corrupt)]
    [InlineData(null, Fault.Machine)]
    public async Task A_label_whose_store_fails_is_named_with_who_has_to_act(StorageFault? storage, Fault fault)
    {
        using var labelled = await LabelledSmall.MakeAsync(catalog, new VoxelSize(8, 8, 8), default, NdIndex.Filled(3, 64), _ => 1);
        await using var items = await labelled.OpenAsync("z = 0 AND y = 0 AND x = 0", new BlockOptions { Labels = ["cells"] });
        await using var foreground = await labelled.OpenAsync("", new BlockOptions { Foreground = new Foreground { Share = 1, Classes = [new("common")] } });
        labelled.Failure = storage is { } known ? new StorageException("https://host/labels", "got no answer.", fault: known) : new IOException("https://host/labels: got no answer.");
        foreach (var source in new[] { items, foreground })
        {
            var epoch = () => new BlockLoader(source).Epoch().Count();
            var error = epoch.Should().Throw<EmException>().WithMessage("*small*: https://host/labels: got no answer.").Which;
            error.Fault.Should().Be(fault);
        }
    }

    [Fact]
    public async Task A_damaged_label_is_named_by_whoever_reads_it()
    {
        using var folder = new HoledFolder();
        await folder.MakeAsync();
        foreach (var path in Directory.EnumerateFiles(Path.Combine(folder.Label, "s0/c"), "*", SearchOption.AllDirectories))
        {
            var bytes = await File.ReadAllBytesAsync(path);
            bytes[^20] ^= 1;
            await File.WriteAllBytesAsync(path, bytes);
        }

        await using var items = await BlockSource.OpenAsync(folder.Catalog, "", new BlockOptions { Labels = ["cells"] });
        await using var foreground = await BlockSource.OpenAsync(folder.Catalog, "", new BlockOptions { Foreground = new Foreground { Share = 1, Classes = [new("cells")] } });
        foreach (var source in new[] { items, foreground })
        {
            var epoch = () => new BlockLoader(source).Epoch().Count();
            var error = epoch.Should().Throw<EmException>().Which;
            error.Fault.Should().Be(Fault.Corrupt);
            error.Message.Should().Contain("labels/groundtruth/cells/s0/c/0/0/");
        }
    }

    [Fact]
    public async Task Labels_that_were_made_anew_since_the_catalogue_are_named()
    {
        using var folder = new HoledFolder();
        await folder.MakeAsync();
        var metadata = Path.Combine(folder.Label, "s0/zarr.json");
        var text = await File.ReadAllTextAsync(metadata);
        text.Should().Contain("\"uint8\"");
        await File.WriteAllTextAsync(metadata, text.Replace("\"uint8\"", "\"int8\"", StringComparison.Ordinal));
        foreach (var options in new[] { new BlockOptions { Labels = ["cells"] }, new BlockOptions { Foreground = new Foreground { Share = 1, Classes = [new("cells")] } } })
        {
            var open = () => BlockSource.OpenAsync(folder.Catalog, "", options);
            (await open.Should().ThrowAsync<EmException>()).WithMessage("*labels/groundtruth/cells/s0: got 64×64×384 int8, expected 64×64×384 uint8 as in the catalogue*").Which.Fault.Should().Be(Fault.Corrupt);
        }
    }
}
