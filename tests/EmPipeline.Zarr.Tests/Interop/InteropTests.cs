using EmPipeline.Storage;
using EmPipeline.Volumes;

namespace EmPipeline.Zarr.Tests.Interop;

/// <summary>
/// Other software opens what was written: zarrita (after <c>npm ci</c> in tests/Interop) and zarr-python 3 (the interpreter that
/// EMPIPELINE_PYTHON names, or python3). Skipped where they are absent.
/// </summary>
public sealed class InteropTests
{
    public static TheoryData<VoxelType, string> Volumes() => new()
    {
        { VoxelType.UInt8, "zstd" }, { VoxelType.UInt8, "raw" }, { VoxelType.Int16, "zstd" }, { VoxelType.UInt16, "raw" }, { VoxelType.UInt32, "zstd" },
        { VoxelType.Float32, "zstd" }, { VoxelType.Float64, "raw" }, { VoxelType.Int8, "zstd" }, { VoxelType.UInt64, "zstd" }, { VoxelType.UInt64, "lz4" }, { VoxelType.UInt8, "lz4" }, { VoxelType.UInt64, "lz4:1" },
    };

    [Theory]
    [MemberData(nameof(Volumes))]
    public async Task Zarrita_reads_the_same_voxels(VoxelType type, string codec)
    {
        OtherSoftware.Require("zarrita");
        await CheckAsync(type, codec, "node", "check.mjs");
    }

    [Theory]
    [MemberData(nameof(Volumes))]
    public async Task Zarr_python_reads_the_same_voxels(VoxelType type, string codec)
    {
        var python = Environment.GetEnvironmentVariable("EMPIPELINE_PYTHON") ?? "python3";
        await CheckAsync(type, codec, python, "check.py");
    }

    private static async Task CheckAsync(VoxelType type, string codec, string program, string script)
    {
        using var folder = new TemporaryFolder();
        // Edges that cut shards and chunks, a shard and a chunk of nothing but fill.
        var source = MemoryVolume.Make(new NdIndex(70, 50, 41), type)
            .Cleared(new Box(NdIndex.Filled(3, 0), NdIndex.Filled(3, 32)))
            .Cleared(new Box(new NdIndex(32, 32, 32), NdIndex.Filled(3, 8)));
        await ZarrRechunkTests.RunAsync(source, folder, ZarrRechunkTests.Options() with { Codec = ShardCodec.Parse(codec) });
        await WriteExpectedAsync(folder["v.zarr"], folder["v.zarr.expected"]);

        var output = await OtherSoftware.RunAsync(program, script, folder["v.zarr"]);
        output.Split('\n').Count(line => line.EndsWith("equal", StringComparison.Ordinal)).Should().Be(3);
    }

    private static async Task WriteExpectedAsync(string volume, string expected)
    {
        Directory.CreateDirectory(expected);
        await using var store = new LocalStore(volume);
        foreach (var reader in await ZarrVolumes.OpenAsync(new VolumePath(store, "")))
        {
            await using var _ = reader;
            var voxels = new byte[reader.Info.DecodedBytes];
            await reader.ReadAsync(Box.Whole(reader.Info.Shape), voxels);
            await File.WriteAllBytesAsync(Path.Combine(expected, reader.Info.Name), voxels);
        }
    }
}
