using System.Runtime.InteropServices;
using EmPipeline.Volumes;

namespace EmPipeline.Torch.Tests;

/// <summary>A volume whose voxels are a smooth function of their place, never zero: what a block should hold can be computed.</summary>
internal sealed class SyntheticVolume(NdIndex shape, VoxelType type) : IVolumeReader
{
    private readonly double[] _z = Wave(shape[0], 0.21);
    private readonly double[] _y = Wave(shape[1], 0.13);
    private readonly double[] _x = Wave(shape[2], 0.17);

    public VolumeInfo Info { get; } = new() { Name = "", Format = "synthetic", Shape = shape, Axes = "zyx", Type = type, Grain = NdIndex.Min(shape, NdIndex.Filled(3, 64)) };

    /// <summary>The grey value at a place; 0 outside of the volume.</summary>
    public double At(long z, long y, long x)
    {
        if (z >= shape[0] || y >= shape[1] || x >= shape[2])
            return 0;
        var wave = (_z[z] + _y[y] + _x[x]) / 3;
        return type switch
        {
            VoxelType.UInt8 => (byte)(128 + 100 * wave),
            VoxelType.UInt16 => (ushort)(40_000 + 20_000 * wave),

            // The first block along x has no number at all, and one voxel further on is infinite.
            VoxelType.Float32 => x < 128 ? double.NaN : (z, y, x) == (1, 2, 130) ? double.PositiveInfinity : 1e6f + wave,
            _ => (short)(-3000 + 2000 * wave),
        };
    }

    public ValueTask ReadAsync(Box box, Memory<byte> buffer, CancellationToken cancellation = default)
    {
        VolumeReaderArguments.Check(Info, box, buffer.Length);
        var voxels = buffer.Span;
        var (origin, end, i) = (box.Origin, box.End, 0);
        for (var z = origin[0]; z < end[0]; z++)
        {
            for (var y = origin[1]; y < end[1]; y++)
            {
                for (var x = origin[2]; x < end[2]; x++, i++)
                {
                    if (type == VoxelType.UInt8)
                        voxels[i] = (byte)At(z, y, x);
                    else if (type == VoxelType.Float32)
                        MemoryMarshal.Cast<byte, float>(voxels)[i] = (float)At(z, y, x);
                    else if (type == VoxelType.UInt16)
                        MemoryMarshal.Cast<byte, ushort>(voxels)[i] = (ushort)At(z, y, x);
                    else
                        MemoryMarshal.Cast<byte, short>(voxels)[i] = (short)At(z, y, x);
                }
            }
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static double[] Wave(long length, double step) => [.. Enumerable.Range(0, (int)length).Select(i => Math.Sin(i * step))];
}
