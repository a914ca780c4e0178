using EmPipeline.Volumes;
using EmPipeline.Volumes.Kernels;
using EmPipeline.Volumes.Rechunk;
using EmPipeline.Zarr.V3;

namespace EmPipeline.Zarr.Tests.Interop;

/// <summary>
/// Neuroglancer, in a headless Chromium, draws the voxels that were written: every level, in each of the three planes, with the axes and the
/// voxel size of the volume. Its views stay in artifacts/neuroglancer. Skipped where node, Chromium or tests/Interop/node_modules are absent.
/// </summary>
public sealed class NeuroglancerTests
{
    [Fact]
    public async Task Neuroglancer_draws_the_voxels_of_every_level()
    {
        OtherSoftware.Require("neuroglancer");
        using var folder = new TemporaryFolder();
        // Three levels whose shards and chunks are cut at every edge; no two axes alike in length, and z unlike the others in voxel size.
        var shape = new NdIndex(70, 149, 301);
        var source = new MemoryVolume(shape, VoxelType.UInt8, NdIndex.Filled(3, 32), Cells(shape));
        await ZarrRechunkTests.RunAsync(source, folder, ZarrRechunkTests.Options() with
        {
            Shard = NdIndex.Filled(3, 128), Chunk = NdIndex.Filled(3, 32), Levels = 3, VoxelSize = new VoxelSize(40, 8, 8),
        });
        var levels = LevelGrid.Pyramid(shape, VoxelType.UInt8, NdIndex.Filled(3, 128), NdIndex.Filled(3, 128), NdIndex.Filled(3, 32), 4, new VoxelSize(40, 8, 8));
        Directory.CreateDirectory(folder["v.zarr.expected"]);
        var (voxels, size) = (source.Voxels, shape);
        for (var level = 0; level < 3; level++)
        {
            await File.WriteAllBytesAsync(folder[$"v.zarr.expected/s{level}"], voxels);
            (voxels, size) = ReferencePyramid.Halve(voxels, size, VoxelType.UInt8, DownsampleMethod.Mean, levels[level + 1].Factor);
        }

        var pictures = Repository.File("artifacts/neuroglancer");
        var output = await OtherSoftware.RunAsync("node", "neuroglancer.mjs", folder["v.zarr"], pictures);
        output.Split('\n').Count(line => line.EndsWith("voxels equal", StringComparison.Ordinal)).Should().Be(3 * 3, "{0}", output);
        output.Should().Contain("axes z y x, 70x149x301 voxels of 40x8x8 nm, 3 levels");
    }

    /// <summary>Grey cells in dark membranes, with grain; nothing in it is symmetric.</summary>
    private static byte[] Cells(NdIndex shape)
    {
        var random = new Random(1);
        var voxels = new byte[shape.Volume];
        var to = 0;
        for (var z = 0; z < shape[0]; z++)
        {
            for (var y = 0; y < shape[1]; y++)
            {
                for (var x = 0; x < shape[2]; x++)
                {
                    var wave = Math.Sin((x / 17.0) + Math.Sin(y / 11.0)) + Math.Sin((y / 23.0) + Math.Cos(z / 5.0)) + Math.Sin((z / 7.0) + (x / 41.0));
                    voxels[to++] = (byte)((Math.Abs(wave) < 0.25 ? 40 : 130 + (x / 6)) + random.Next(30));
                }
            }
        }

        return voxels;
    }
}
