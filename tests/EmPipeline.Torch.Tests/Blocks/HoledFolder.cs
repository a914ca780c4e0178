using EmPipeline.Catalog;
using EmPipeline.Tests;
using EmPipeline.Volumes;
using EmPipeline.Volumes.Kernels;
using EmPipeline.Zarr;

namespace EmPipeline.Torch.Tests.Blocks;

/// <summary>
/// A data folder with one volume, "holed", of two levels in shards of 64³, one a block, of which those in the middle hold nothing but 0: they have
/// no file. Its label "cells" has the same extent, shards and hole; what is not 0 is 1.
/// </summary>
internal sealed class HoledFolder : IDisposable
{
    private const string Name = "holed";
    private static readonly NdIndex Shape = new(64, 64, 384), Cube = NdIndex.Filled(3, 64), Chunk = NdIndex.Filled(3, 32);
    private readonly TemporaryFolder _folder = new();

    public string Catalog => _folder["catalog"];

    public string Image => _folder["zarr/holed.zarr"];

    public string Label => Path.Combine(Image, "labels/groundtruth/cells");

    public async Task MakeAsync()
    {
        var image = await WriteAsync(Image, "Rechunk.shards", DownsampleMethod.Mean, i => (byte)(1 + (i % 251)));
        var label = await WriteAsync(Label, "labels/cells/Rechunk.shards", DownsampleMethod.Mode, _ => 1);
        await CatalogBuilder.BuildAsync(
            new CatalogContent
            {
                Datasets = [new DatasetRecord { Name = Name, Source = "made by the test", Format = "zarr" }],
                Volumes =
                [
                    .. image.Levels.Select((level, i) => new VolumeRecord
                    {
                        Dataset = Name, Path = $"zarr/holed.zarr/{level.Path}", Level = i, Shape = level.Shape, Type = VoxelType.UInt8, VoxelSize = level.VoxelSize,
                        Shard = level.Shard, Block = level.Block, Chunk = level.Chunk, Codec = image.Codec.ToString(), StoredBytes = 0,
                    }),
                ],
                Blocks = image.Shards.SelectMany(shard => shard.Blocks.Select(block => BlockRow.From(Name, shard, block))).ToAsyncEnumerable(),
                LabelVolumes =
                [
                    .. label.Levels.Select((level, i) => new LabelVolumeRecord
                    {
                        Dataset = Name, Origin = "groundtruth", Label = "cells", Level = i, Kind = "classes", Source = "made by the test", Path = $"zarr/holed.zarr/labels/groundtruth/cells/{level.Path}",
                        Type = VoxelType.UInt8, Shape = level.Shape, VoxelSize = level.VoxelSize, Centre = (i * 4, i * 4, i * 4), Shard = level.Shard, Block = level.Block, Chunk = level.Chunk,
                        Codec = label.Codec.ToString(), StoredBytes = 0,
                    }),
                ],
                LabelClasses = [new(Name, "groundtruth", "cells", "0", null, true), new(Name, "groundtruth", "cells", "1", "cells", true)],
                LabelChunks = Box.Whole(Shape).CellsTouched(Chunk).Where(cell => !IsHole(cell[2] * 32)).Select(cell => new LabelChunkRow
                {
                    Dataset = Name, Origin = "groundtruth", Label = "cells", Class = "cells", Z = cell[0] * 32, Y = cell[1] * 32, X = cell[2] * 32, Voxels = Chunk.Volume,
                }).ToAsyncEnumerable(),
                LabelShards = label.Shards.Select(shard => LabelShardRow.From(Name, "groundtruth", "cells", shard)).ToAsyncEnumerable(),
            },
            Catalog);
    }

    public void Dispose() => _folder.Dispose();

    private static bool IsHole(long x) => x is >= 128 and < 256;

    private Task<RechunkResult> WriteAsync(string folder, string table, DownsampleMethod method, Func<int, byte> value)
    {
        var voxels = new byte[Shape.Volume];
        for (var i = 0; i < voxels.Length; i++)
            voxels[i] = IsHole(i % Shape[2]) ? (byte)0 : value(i);
        var options = new RechunkOptions { Name = Name, Levels = 2, Shard = Cube, Block = Cube, Chunk = Chunk, Codec = ShardCodec.Zstd(), VoxelSize = new VoxelSize(8, 8, 8), Downsample = method };
        return ZarrRechunk.RunAsync(new MemoryVolume(Shape, VoxelType.UInt8, Cube, voxels), Box.Whole(Shape), folder, _folder["state/holed/" + table], options);
    }
}
