using System.Collections.Concurrent;
using EmPipeline.Catalog;
using EmPipeline.Volumes;
using EmPipeline.Zarr;
using EmPipeline.Zarr.V3;

[assembly: AssemblyFixture(typeof(EmPipeline.Torch.Tests.TestCatalog))]

namespace EmPipeline.Torch.Tests;

/// <summary>
/// A data folder as the pipeline leaves it, made once for all tests: "cube" (uint8, whole blocks and edges), "thin" (uint8, 16 sections),
/// "signed" (int16), "wide" (uint16), "floats" (float32, a block of NaN), "small" (uint8, blocks of 64³ in shards of 128³). Written by the project's own rechunk and catalogue.
/// </summary>
public sealed class TestCatalog : IAsyncLifetime
{
    private readonly List<VolumeRecord> _records = [];
    private readonly List<BlockRow> _blocks = [];
    private readonly ConcurrentDictionary<string, Lazy<Task<IDisposable>>> _shared = new();

    public string Root { get; } = Directory.CreateTempSubdirectory("empipeline-torch-").FullName;

    /// <summary>All but "small".</summary>
    public string Folder => Path.Combine(Root, "catalog");

    /// <summary>All, with blocks of two extents.</summary>
    public string MixedFolder => Path.Combine(Root, "mixed");

    internal IReadOnlyDictionary<string, SyntheticVolume> Volumes { get; } = new Dictionary<string, SyntheticVolume>
    {
        ["cube"] = new(new NdIndex(160, 256, 300), VoxelType.UInt8),
        ["floats"] = new(new NdIndex(16, 20, 300), VoxelType.Float32),
        ["signed"] = new(new NdIndex(40, 130, 70), VoxelType.Int16),
        ["small"] = new(new NdIndex(130, 200, 140), VoxelType.UInt8),
        ["thin"] = new(new NdIndex(16, 200, 140), VoxelType.UInt8),
        ["wide"] = new(new NdIndex(40, 40, 40), VoxelType.UInt16),
    };

    public async ValueTask InitializeAsync()
    {
        TorchRuntime.EnsureLoadable();
        // Classes run beside one another: threads of an operation would only wait for each other, and spin while they do.
        TorchSharp.torch.set_num_threads(1);
        foreach (var (name, volume) in Volumes)
        {
            var options = new RechunkOptions { Name = name, Levels = 1, Codec = ShardCodec.Zstd(), Block = NdIndex.Filled(3, name == "small" ? 64 : 128), VoxelSize = new VoxelSize(8, 8, 8) };
            var result = await ZarrRechunk.RunAsync(
                volume, Box.Whole(volume.Info.Shape), Path.Combine(Root, "zarr", name + ".zarr"), Path.Combine(Root, "state", name, "journal"), options);
            var level = result.Levels[0];
            _records.Add(new VolumeRecord
            {
                Dataset = name, Path = $"zarr/{name}.zarr/{level.Path}", Level = 0, Shape = level.Shape, Type = volume.Info.Type, VoxelSize = level.VoxelSize,
                Shard = level.Shard, Block = level.Block, Chunk = level.Chunk, Codec = result.Codec.ToString(), StoredBytes = result.BytesWritten,
            });
            _blocks.AddRange(result.Shards.SelectMany(shard => shard.Blocks.Select(block => BlockRow.From(name, shard, block))));
        }

        await BuildAsync(Folder, name => name != "small");
        await BuildAsync(MixedFolder, _ => true);
    }

    /// <summary>Makes a catalogue of some of the volumes; their paths are relative to the folder that holds it.</summary>
    internal Task BuildAsync(string folder, Func<string, bool> holds, Func<CatalogContent, CatalogContent>? change = null) => CatalogBuilder.BuildAsync(
        (change ?? (content => content))(new CatalogContent
        {
            Datasets = [.. Volumes.Keys.Where(holds).Select(name => new DatasetRecord { Name = name, Source = "made by the test", Format = "zarr" })],
            Volumes = [.. _records.Where(volume => holds(volume.Dataset))],
            Blocks = _blocks.Where(block => holds(block.Dataset)).ToAsyncEnumerable(),
        }),
        folder);

    /// <summary>What several tests read and none changes or disposes: made once.</summary>
    internal async Task<T> ShareAsync<T>(string name, Func<Task<T>> make)
        where T : IDisposable =>
        (T)await _shared.GetOrAdd(name, _ => new Lazy<Task<IDisposable>>(async () => await make())).Value;

    public async ValueTask DisposeAsync()
    {
        foreach (var shared in _shared.Values)
            (await shared.Value).Dispose();
        Directory.Delete(Root, recursive: true);
    }
}
