using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using EmPipeline.Volumes.Kernels;

namespace EmPipeline.Volumes;

/// <summary>Copies boxes between C-order buffers.</summary>
public static class StridedCopy
{
    /// <summary>
    /// Copies the voxels in both <paramref name="sourceBox"/> and <paramref name="targetBox"/> from <paramref name="source"/>, which holds
    /// just <paramref name="sourceBox"/>, to <paramref name="target"/>, which holds just <paramref name="targetBox"/>. Both C order.
    /// </summary>
    /// <param name="elementSize">Bytes of one voxel.</param>
    public static void Copy(ReadOnlySpan<byte> source, in Box sourceBox, Span<byte> target, in Box targetBox, int elementSize)
    {
        if (sourceBox.Rank == 3 && targetBox.Rank == 3)
        {
            CopyVolume(source, sourceBox, target, targetBox, elementSize);
            return;
        }

        var common = sourceBox.Intersect(targetBox);
        if (common.IsEmpty)
            return;
        ForEachRun(common, sourceBox, targetBox, elementSize, out var run, out var outer, out var sourceStrides, out var targetStrides,
            out var sourceStart, out var targetStart);
        CopyRuns(source, target, run, outer, sourceStrides, targetStrides, sourceStart, targetStart);
    }

    /// <summary>Sets the voxels in both boxes to <paramref name="value"/> in <paramref name="target"/>, which holds just <paramref name="targetBox"/>.</summary>
    /// <param name="value">One voxel's bytes; its length is the voxel size.</param>
    public static void Fill(ReadOnlySpan<byte> value, Box box, Span<byte> target, Box targetBox)
    {
        var common = box.Intersect(targetBox);
        if (common.IsEmpty)
            return;
        ForEachRun(common, common, targetBox, value.Length, out var run, out var outer, out _, out var strides, out _, out var start);
        var position = NdIndex.Filled(outer.Rank, 0);
        var offset = start;
        do
        {
            FillSpan(target.Slice((int)offset, (int)run), value);
        }
        while (Advance(ref position, outer, strides, ref offset));
    }

    /// <summary>Repeats <paramref name="value"/> over the whole of <paramref name="target"/>.</summary>
    public static void FillSpan(Span<byte> target, ReadOnlySpan<byte> value)
    {
        switch (value.Length)
        {
            case 1:
                target.Fill(value[0]);
                return;
            case 2:
                MemoryMarshal.Cast<byte, ushort>(target).Fill(MemoryMarshal.Read<ushort>(value));
                return;
            case 4:
                MemoryMarshal.Cast<byte, uint>(target).Fill(MemoryMarshal.Read<uint>(value));
                return;
            case 8:
                MemoryMarshal.Cast<byte, ulong>(target).Fill(MemoryMarshal.Read<ulong>(value));
                return;
            default:
                for (var i = 0; i < target.Length; i += value.Length)
                    value.CopyTo(target[i..]);
                return;
        }
    }

    /// <summary>The usual rank, without the cost of any: a block of training data is put together from a hundred chunks.</summary>
    private static void CopyVolume(ReadOnlySpan<byte> source, in Box sourceBox, Span<byte> target, in Box targetBox, int elementSize)
    {
        var (from, fromShape, to, toShape) = (sourceBox.Origin, sourceBox.Shape, targetBox.Origin, targetBox.Shape);
        var (z, y, x) = (Math.Max(from[0], to[0]), Math.Max(from[1], to[1]), Math.Max(from[2], to[2]));
        var planes = Math.Min(from[0] + fromShape[0], to[0] + toShape[0]) - z;
        var rows = Math.Min(from[1] + fromShape[1], to[1] + toShape[1]) - y;
        var length = (Math.Min(from[2] + fromShape[2], to[2] + toShape[2]) - x) * elementSize;
        if (planes <= 0 || rows <= 0 || length <= 0)
            return;
        var (sourceRow, targetRow) = (fromShape[2] * elementSize, toShape[2] * elementSize);
        var (sourcePlane, targetPlane) = (fromShape[1] * sourceRow, toShape[1] * targetRow);
        var sourceAt = ((z - from[0]) * sourcePlane) + ((y - from[1]) * sourceRow) + ((x - from[2]) * elementSize);
        var targetAt = ((z - to[0]) * targetPlane) + ((y - to[1]) * targetRow) + ((x - to[2]) * elementSize);
        // What has no gaps on either side is one longer row.
        if (length == sourceRow && length == targetRow)
        {
            (length, rows, sourceRow, targetRow) = (length * rows, planes, sourcePlane, targetPlane);
            planes = 1;
            if (length == sourcePlane && length == targetPlane)
                (length, rows) = (length * rows, 1);
        }

        RowCopy.CopyPlanes(source[(int)sourceAt..], sourcePlane, sourceRow, target[(int)targetAt..], targetPlane, targetRow, planes, rows, (int)length);
    }

    /// <summary>Folds the axes that are contiguous in both boxes into one run, and gives the strides of the axes left over.</summary>
    private static void ForEachRun(
        in Box common, in Box source, in Box target, int elementSize,
        out long run, out NdIndex outer, out NdIndex sourceStrides, out NdIndex targetStrides, out long sourceStart, out long targetStart)
    {
        var rank = common.Rank;
        var (sourceAll, targetAll) = (NdIndex.Filled(rank, elementSize), NdIndex.Filled(rank, elementSize));
        for (var axis = rank - 2; axis >= 0; axis--)
        {
            sourceAll[axis] = sourceAll[axis + 1] * source.Shape[axis + 1];
            targetAll[axis] = targetAll[axis + 1] * target.Shape[axis + 1];
        }

        (sourceStart, targetStart) = (0, 0);
        for (var axis = 0; axis < rank; axis++)
        {
            sourceStart += (common.Origin[axis] - source.Origin[axis]) * sourceAll[axis];
            targetStart += (common.Origin[axis] - target.Origin[axis]) * targetAll[axis];
        }

        run = elementSize;
        var last = rank - 1;
        while (last >= 0)
        {
            run *= common.Shape[last];
            var whole = common.Shape[last] == source.Shape[last] && common.Shape[last] == target.Shape[last];
            last--;
            if (!whole)
                break;
        }

        var outerRank = last + 1;
        outer = NdIndex.Filled(outerRank, 0);
        (sourceStrides, targetStrides) = (outer, outer);
        for (var axis = 0; axis < outerRank; axis++)
        {
            outer[axis] = common.Shape[axis];
            sourceStrides[axis] = sourceAll[axis];
            targetStrides[axis] = targetAll[axis];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CopyRuns(
        ReadOnlySpan<byte> source, Span<byte> target, long run, NdIndex outer, NdIndex sourceStrides, NdIndex targetStrides, long sourceStart, long targetStart)
    {
        var length = (int)run;
        // The innermost remaining axis is a plain loop; the ones outside it count like an odometer.
        var inner = outer.Rank - 1;
        if (inner < 0)
        {
            source.Slice((int)sourceStart, length).CopyTo(target[(int)targetStart..]);
            return;
        }

        var (count, sourceStep, targetStep) = (outer[inner], sourceStrides[inner], targetStrides[inner]);
        var position = NdIndex.Filled(outer.Rank, 0);
        while (true)
        {
            RowCopy.Copy(source[(int)sourceStart..], sourceStep, target[(int)targetStart..], targetStep, count, length);

            var axis = inner - 1;
            for (; axis >= 0; axis--)
            {
                sourceStart += sourceStrides[axis];
                targetStart += targetStrides[axis];
                if (++position[axis] < outer[axis])
                    break;
                sourceStart -= sourceStrides[axis] * outer[axis];
                targetStart -= targetStrides[axis] * outer[axis];
                position[axis] = 0;
            }

            if (axis < 0)
                return;
        }
    }

    private static bool Advance(ref NdIndex position, NdIndex outer, NdIndex strides, ref long offset)
    {
        for (var axis = outer.Rank - 1; axis >= 0; axis--)
        {
            offset += strides[axis];
            if (++position[axis] < outer[axis])
                return true;
            offset -= strides[axis] * outer[axis];
            position[axis] = 0;
        }

        return false;
    }
}
