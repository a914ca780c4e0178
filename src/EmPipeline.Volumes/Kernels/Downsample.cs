using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

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
    public static void Halve(
        VoxelType type, DownsampleMethod method, ReadOnlySpan<byte> source, long sourceRow, long sourcePlane, NdIndex shape, NdIndex factor,
        Span<byte> target, long targetRow, long targetPlane)
    {
        var of = new Layout(shape, factor, type.Size(), sourceRow, sourcePlane, targetRow, targetPlane);
        switch (method, type)
        {
            case (DownsampleMethod.Mode, _) when type.Size() == 1: Rows<ScalarRows.MostFrequent<byte>>(source, target, of); break;
            case (DownsampleMethod.Mode, _) when type.Size() == 2: Rows<ScalarRows.MostFrequent<ushort>>(source, target, of); break;
            case (DownsampleMethod.Mode, _) when type.Size() == 4: Rows<ScalarRows.MostFrequent<uint>>(source, target, of); break;
            case (DownsampleMethod.Mode, _): Rows<ScalarRows.MostFrequent<ulong>>(source, target, of); break;
            case (_, VoxelType.UInt8): Rows<VectorRows.UInt8Mean>(source, target, of); break;
            case (_, VoxelType.Int8): Rows<VectorRows.Int8Mean>(source, target, of); break;
            case (_, VoxelType.UInt16): Rows<VectorRows.UInt16Mean>(source, target, of); break;
            case (_, VoxelType.Int16): Rows<VectorRows.Int16Mean>(source, target, of); break;
            case (_, VoxelType.Boolean): Rows<ScalarRows.IntegerMean<byte>>(source, target, of); break;
            case (_, VoxelType.Int32): Rows<ScalarRows.IntegerMean<int>>(source, target, of); break;
            case (_, VoxelType.UInt32): Rows<ScalarRows.IntegerMean<uint>>(source, target, of); break;
            case (_, VoxelType.Int64): Rows<ScalarRows.IntegerMean<long>>(source, target, of); break;
            case (_, VoxelType.UInt64): Rows<ScalarRows.IntegerMean<ulong>>(source, target, of); break;
            case (_, VoxelType.Float16): Rows<ScalarRows.FloatMean<Half>>(source, target, of); break;
            case (_, VoxelType.Float32): Rows<ScalarRows.FloatMean<float>>(source, target, of); break;
            default: Rows<ScalarRows.FloatMean<double>>(source, target, of); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows<TKernel>(ReadOnlySpan<byte> source, Span<byte> target, in Layout of)
        where TKernel : IRowKernel
    {
        var (shape, factor) = (of.Shape, of.Factor);
        var rowBytes = (int)shape[2] * of.Size;
        var targetBytes = (int)((shape[2] + factor[2] - 1) / factor[2]) * of.Size;
        var (planes, rows, factorZ, factorY, factorX) = (shape[0], shape[1], factor[0], factor[1], (int)factor[2]);
        // Rows are short: their places are checked once, by the last one's.
        ref var voxels = ref MemoryMarshal.GetReference(source[..checked((int)(((planes - 1) * of.SourcePlane) + ((rows - 1) * of.SourceRow) + rowBytes))]);
        ref var means = ref MemoryMarshal.GetReference(
            target[..checked((int)((((planes - 1) / factorZ) * of.TargetPlane) + (((rows - 1) / factorY) * of.TargetRow) + targetBytes))]);
        for (var z = 0L; z * factorZ < planes; z++)
        {
            var (near, far) = (z * factorZ * of.SourcePlane, Math.Min((z * factorZ) + factorZ - 1, planes - 1) * of.SourcePlane);
            for (var y = 0L; y * factorY < rows; y++)
            {
                var (y0, y1) = (y * factorY * of.SourceRow, Math.Min((y * factorY) + factorY - 1, rows - 1) * of.SourceRow);
                TKernel.Halve(
                    Row(ref voxels, near + y0, rowBytes), Row(ref voxels, near + y1, rowBytes), Row(ref voxels, far + y0, rowBytes), Row(ref voxels, far + y1, rowBytes),
                    MemoryMarshal.CreateSpan(ref Unsafe.AddByteOffset(ref means, (nint)((z * of.TargetPlane) + (y * of.TargetRow))), targetBytes), factorX);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ReadOnlySpan<byte> Row(ref byte voxels, long at, int length) => MemoryMarshal.CreateReadOnlySpan(ref Unsafe.AddByteOffset(ref voxels, (nint)at), length);

    private readonly record struct Layout(NdIndex Shape, NdIndex Factor, int Size, long SourceRow, long SourcePlane, long TargetRow, long TargetPlane);
}
