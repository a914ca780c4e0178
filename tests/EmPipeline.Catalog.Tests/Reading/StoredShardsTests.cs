using EmPipeline.Volumes;

namespace EmPipeline.Catalog.Tests.Reading;

/// <summary>Which shards have a file is known of each of an array's shards, by what its blocks say.</summary>
public sealed class StoredShardsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private CatalogReader Reader => new(_folder["catalog"]);

    [Fact]
    public async Task Every_shard_is_stored_but_those_that_are_empty()
    {
        await CatalogBuilder.BuildAsync(Samples.Content(), _folder["catalog"]);
        var blocks = Samples.Blocks().ToLookup(block => (block.Dataset, block.Level));
        blocks.SelectMany(all => all).Should().Contain(block => block.State == "empty");
        foreach (var volume in await Reader.ReadVolumesAsync())
        {
            var shards = await Reader.ReadStoredShardsAsync(volume);
            foreach (var block in blocks[(volume.Dataset, volume.Level)])
                shards!.IsStored(new NdIndex(block.ShardZ, block.ShardY, block.ShardX)).Should().Be(block.State == "written", $"that is what {block} says");
        }
    }

    [Fact]
    public async Task Of_an_array_without_blocks_nothing_is_known()
    {
        await CatalogBuilder.BuildAsync(Samples.Content() with { Blocks = AsyncEnumerable.Empty<BlockRow>() }, _folder["catalog"]);
        foreach (var volume in await Reader.ReadVolumesAsync())
            (await Reader.ReadStoredShardsAsync(volume)).Should().BeNull();
    }

    [Fact]
    public async Task Of_labels_too_at_every_level()
    {
        await CatalogBuilder.BuildAsync(Samples.LabelledContent(), _folder["catalog"]);
        foreach (var label in await Reader.ReadLabelVolumesAsync())
        {
            var shards = await Reader.ReadStoredShardsAsync(label);
            (shards is not null).Should().Be(label.Label == "organelles", "of the others the catalogue has no row");
            foreach (var row in Samples.LabelShards.Where(row => (row.Label, row.Level) == (label.Label, label.Level)))
                shards!.IsStored(new NdIndex(row.ShardZ, row.ShardY, row.ShardX)).Should().Be(row.State == "written", $"that is what {row} says");
        }
    }

    public void Dispose() => _folder.Dispose();
}
