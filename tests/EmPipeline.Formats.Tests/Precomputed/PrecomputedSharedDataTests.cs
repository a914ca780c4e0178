using System.Security.Cryptography;
using EmPipeline.Formats.Precomputed;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Zarr;

namespace EmPipeline.Formats.Tests.Precomputed;

public sealed class PrecomputedSharedDataTests
{
    [Fact]
    public async Task Compresso_of_a_real_cortex_segmentation_decodes_as_the_library_in_Neuroglancer_decodes_it()
    {
        var folder = SharedData.Require("realdata/precomputed/cloud-volume/test_seg_unsharded");
        await using var store = new LocalStore(folder);
        var readers = await FormatRegistry.OpenAsync(new VolumePath(store, "16_16_40"));
        var reader = readers.Should().ContainSingle().Subject;
        reader.Info.Level.Should().Be(1);
        reader.Info.VoxelSize.Should().Be(new VoxelSize(40, 16, 16));
        // The whole 512³ uint32 volume, decoded by the compresso.wasm of the npm package neuroglancer 2.40.1.
        (await DigestAsync(reader, Box.Whole(reader.Info.Shape))).Should().Be("4f5ad1c03f6fa0478a5c332a1ff51cf7636a83a59c87e1d086e07fb0a5fc77d6");
    }

    [Theory]
    [InlineData("emdata/jpeg")]
    [InlineData("segmentation-u64-unsharded")]
    [InlineData("segmentation-u32-unsharded")]
    public async Task Every_chunk_of_a_replica_has_the_listed_place_and_voxels(string name)
    {
        var folder = SharedData.Require("replicas/hemibrain-like");
        await using var store = new LocalStore(folder);
        var info = PrecomputedInfo.Parse(await File.ReadAllBytesAsync(Path.Combine(folder, name, "info")), name);
        var readers = await FormatRegistry.OpenAsync(new VolumePath(store, name));
        var rows = 0;
        foreach (var line in File.ReadLines(Path.Combine(folder, name + ".chunks.tsv")).Skip(1))
        {
            var cells = line.Split('\t');
            var level = info.Scales.ToList().FindIndex(scale => scale.Key == cells[0]);
            var scale = info.Scales[level];
            var cell = new NdIndex(long.Parse(cells[4]), long.Parse(cells[3]), long.Parse(cells[2]));
            var id = CompressedMorton.Encode(cell, scale.Grid);
            id.ToString().Should().Be(cells[1]);
            var place = scale.Sharding is { } sharding
                ? $"{sharding.FileName(sharding.Locate(id).Shard)}/{sharding.Locate(id).Minishard}"
                : scale.FileName(cell);
            place.Should().Be(cells[5]);
            (await DigestAsync(readers[level], scale.ChunkBox(cell))).Should().Be(cells[9], "of {0}", line);
            rows++;
        }

        rows.Should().BeGreaterThan(30);
    }

    [Fact]
    public async Task Scales_of_a_volume_without_chunks_read_as_zeros()
    {
        await using var store = new LocalStore(SharedData.Require("realdata/precomputed/neuroglancer/one_channel"));
        var readers = await FormatRegistry.OpenAsync(new VolumePath(store, ""));
        readers.Select(reader => reader.Info.Name).Should().Equal("3_4_5", "6_8_10", "12_16_20");
        readers[0].Info.VoxelSize.Should().Be(new VoxelSize(5, 4, 3));
        readers[0].Info.Shape.Should().Be(new NdIndex(30, 20, 10));
        var voxels = new byte[readers[0].Info.DecodedBytes];
        voxels.AsSpan().Fill(1);
        await readers[0].ReadAsync(Box.Whole(readers[0].Info.Shape), voxels);
        voxels.Should().OnlyContain(value => value == 0);
    }

    private static async Task<string> DigestAsync(IVolumeReader reader, Box box)
    {
        var voxels = new byte[box.Volume * reader.Info.Type.Size()];
        await reader.ReadAsync(box, voxels, TestContext.Current.CancellationToken);
        return Convert.ToHexStringLower(SHA256.HashData(voxels));
    }
}
