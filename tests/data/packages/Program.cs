// A program that has the packages and nothing else: writes a volume and its catalogue, reads blocks back, and trains a step.
using EmPipeline.Catalog;
using EmPipeline.Torch;
using EmPipeline.Volumes;
using EmPipeline.Zarr;
using TorchSharp;
using static TorchSharp.torch;

TorchRuntime.EnsureLoadable();
var data = args[0];
var (shape, size) = (NdIndex.Filled(3, 64), new VoxelSize(8, 8, 8));
var options = new RechunkOptions { Name = "ramp", Levels = 1, Codec = ShardCodec.Zstd(), Block = NdIndex.Filled(3, 32), VoxelSize = size };
var made = await ZarrRechunk.RunAsync(new Ramp(shape), Box.Whole(shape), Path.Combine(data, "zarr", "ramp.zarr"), Path.Combine(data, "state", "ramp"), options);
var level = made.Levels[0];
await CatalogBuilder.BuildAsync(
    new CatalogContent
    {
        Datasets = [new DatasetRecord { Name = "ramp", Source = "made here", Format = "zarr" }],
        Volumes =
        [
            new VolumeRecord
            {
                Dataset = "ramp", Path = $"zarr/ramp.zarr/{level.Path}", Level = 0, Shape = level.Shape, Type = VoxelType.UInt8, VoxelSize = size,
                Shard = level.Shard, Block = level.Block, Chunk = level.Chunk, Codec = made.Codec.ToString(), StoredBytes = made.BytesWritten,
            },
        ],
        Blocks = made.Shards.SelectMany(shard => shard.Blocks.Select(block => BlockRow.From("ramp", shard, block))).ToAsyncEnumerable(),
    },
    Path.Combine(data, "catalog"));

using var blocks = new BlockDataset(Path.Combine(data, "catalog"), "whole");
using var model = nn.Conv3d(1, 1, 3, padding: 1);
using var optimizer = optim.SGD(model.parameters(), 0.1);
foreach (var batch in blocks.Batches(batchSize: 2))
{
    using var loss = nn.functional.mse_loss(model.forward(batch["data"]), batch["data"]);
    loss.backward();
    optimizer.step();
    Console.WriteLine($"one step on {string.Join(" x ", batch["data"].shape)}, loss {loss.item<float>()}");
    break;
}

internal sealed class Ramp(NdIndex shape) : IVolumeReader
{
    public VolumeInfo Info { get; } = new() { Name = "", Format = "ramp", Shape = shape, Axes = "zyx", Type = VoxelType.UInt8, Grain = shape };

    public ValueTask ReadAsync(Box box, Memory<byte> buffer, CancellationToken cancellation = default)
    {
        for (var i = 0; i < buffer.Length; i++)
            buffer.Span[i] = (byte)(1 + (i % 251));
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
