namespace EmPipeline.Volumes.Kernels;

/// <summary>Downsamples four rows (z0y0, z0y1, z1y0, z1y1) to one, pairwise along x when <paramref name="factor"/> is 2.</summary>
internal delegate void RowKernel(
    ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, ReadOnlySpan<byte> c, ReadOnlySpan<byte> d, Span<byte> target, int factor);

internal static class RowKernels
{
    public static RowKernel For(VoxelType type, DownsampleMethod method) => (method, type) switch
    {
        (DownsampleMethod.Mode, _) => type.Size() switch
        {
            1 => ScalarRows.Mode<byte>,
            2 => ScalarRows.Mode<ushort>,
            4 => ScalarRows.Mode<uint>,
            _ => ScalarRows.Mode<ulong>,
        },
        (_, VoxelType.UInt8) => VectorRows.MeanUInt8,
        (_, VoxelType.Int8) => VectorRows.MeanInt8,
        (_, VoxelType.UInt16) => VectorRows.MeanUInt16,
        (_, VoxelType.Int16) => VectorRows.MeanInt16,
        (_, VoxelType.Boolean) => ScalarRows.MeanInteger<byte>,
        (_, VoxelType.Int32) => ScalarRows.MeanInteger<int>,
        (_, VoxelType.UInt32) => ScalarRows.MeanInteger<uint>,
        (_, VoxelType.Int64) => ScalarRows.MeanInteger<long>,
        (_, VoxelType.UInt64) => ScalarRows.MeanInteger<ulong>,
        (_, VoxelType.Float16) => ScalarRows.MeanFloat<Half>,
        (_, VoxelType.Float32) => ScalarRows.MeanFloat<float>,
        _ => ScalarRows.MeanFloat<double>,
    };
}
