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

    public void Dispose() => _folder.Dispose();
}
