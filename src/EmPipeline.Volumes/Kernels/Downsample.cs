using System.Runtime.CompilerServices;

namespace EmPipeline.Volumes.Kernels;

/// <summary>
/// Halves a three-dimensional box. Where an axis has an odd length, its last plane stands for the missing one (so the mean is that of the
/// voxels there are); where an axis is not halved, its planes stay as they are.
/// </summary>
public static class Downsample
{
    /// <summary>Downsamples a z, y, x box of <paramref name="shape"/>; the target's extent is shape / factor, rounded up.</summary>
    /// <param name="source">Starts at the box's first voxel.</param>
    /// <param name="sourceRow">Bytes from one row (y) to the next in the source.</param>
    /// <param name="sourcePlane">Bytes from one plane (z) to the next in the source.</param>
    /// <param name="factor">1 or 2 on each axis.</param>
    /// <param name="target">Starts at the first voxel to write.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Halve(
        VoxelType type, DownsampleMethod method, ReadOnlySpan<byte> source, long sourceRow, long sourcePlane, NdIndex shape, NdIndex factor,
        Span<byte> target, long targetRow, long targetPlane)
    {
        var kernel = RowKernels.For(type, method);
        var size = type.Size();
        var rowBytes = (int)shape[2] * size;
        var targetBytes = (int)((shape[2] + factor[2] - 1) / factor[2]) * size;
        for (var z = 0L; z * factor[0] < shape[0]; z++)
        {
            var z0 = z * factor[0];
            var z1 = Math.Min(z0 + factor[0] - 1, shape[0] - 1);
            for (var y = 0L; y * factor[1] < shape[1]; y++)
            {
                var y0 = y * factor[1];
                var y1 = Math.Min(y0 + factor[1] - 1, shape[1] - 1);
                kernel(
                    source.Slice((int)((z0 * sourcePlane) + (y0 * sourceRow)), rowBytes),
                    source.Slice((int)((z0 * sourcePlane) + (y1 * sourceRow)), rowBytes),
                    source.Slice((int)((z1 * sourcePlane) + (y0 * sourceRow)), rowBytes),
                    source.Slice((int)((z1 * sourcePlane) + (y1 * sourceRow)), rowBytes),
                    target.Slice((int)((z * targetPlane) + (y * targetRow)), targetBytes),
                    (int)factor[2]);
            }
        }
    }
}

