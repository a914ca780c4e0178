using EmPipeline.Catalog;
using EmPipeline.Tests;
using EmPipeline.Volumes;
using EmPipeline.Zarr;

namespace EmPipeline.Torch.Tests.Blocks;

/// <summary>A data folder with one volume, "holed", of two levels in shards of 64³, one a block, of which those in the middle hold nothing but 0: they have no file.</summary>
internal sealed class HoledFolder : IDisposable
{
    private const string Name = "holed";
    private static readonly NdIndex Shape = new(64, 64, 384), Cube = NdIndex.Filled(3, 64);
    private readonly TemporaryFolder _folder = new();

    public string Catalog => _folder["catalog"];

    public string Image => _folder["zarr/holed.zarr"];

    public async Task MakeAsync()
    {
        var voxels = new byte[Shape.Volume];
        for (var i = 0; i < voxels.Length; i++)
            voxels[i] = (byte)(i % Shape[2] is >= 128 and < 256 ? 0 : 1 + (i % 251));
        var options = new RechunkOptions { Name = Name, Levels = 2, Shard = Cube, Block = Cube, Chunk = NdIndex.Filled(3, 32), Codec = ShardCodec.Zstd(), VoxelSize = new VoxelSize(8, 8, 8) };
        var result = await ZarrRechunk.RunAsync(new MemoryVolume(Shape, VoxelType.UInt8, Cube, voxels), Box.Whole(Shape), Image, _folder["state/holed/Rechunk.shards"], options);
        await CatalogBuilder.BuildAsync(
            new CatalogContent
            {
                Datasets = [new DatasetRecord { Name = Name, Source = "made by the test", Format = "zarr" }],
                Volumes =
                [
                    .. result.Levels.Select((level, i) => new VolumeRecord
                    {
                        Dataset = Name, Path = $"zarr/holed.zarr/{level.Path}", Level = i, Shape = level.Shape, Type = VoxelType.UInt8, VoxelSize = level.VoxelSize,
                        Shard = level.Shard, Block = level.Block, Chunk = level.Chunk, Codec = result.Codec.ToString(), StoredBytes = 0,
                    }),
                ],
                Blocks = result.Shards.SelectMany(shard => shard.Blocks.Select(block => BlockRow.From(Name, shard, block))).ToAsyncEnumerable(),
            },
            Catalog);
    }

    public void Dispose() => _folder.Dispose();
}
