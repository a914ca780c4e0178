using System.Runtime.InteropServices;
using EmPipeline.Volumes;

namespace EmPipeline.Zarr.V3;

/// <summary>The "transpose" codec: axis i of the stored array is axis Order[i] of the decoded one.</summary>
internal sealed class AxisOrder(int[] order)
{
    public bool IsIdentity => order.Select((axis, i) => axis == i).All(same => same);

    /// <summary>The stored shape of an array of this decoded shape.</summary>
    public NdIndex Apply(NdIndex decoded)
    {
        var stored = decoded;
        for (var i = 0; i < order.Length; i++)
            stored[i] = decoded[order[i]];
        return stored;
    }

    /// <summary>Puts stored voxels into the decoded order.</summary>
    public void Undo(ReadOnlySpan<byte> stored, Span<byte> decoded, NdIndex decodedShape, int elementSize)
    {
        switch (elementSize)
        {
            case 1:
                Undo(stored, decoded, decodedShape);
                break;
            case 2:
                Undo(MemoryMarshal.Cast<byte, ushort>(stored), MemoryMarshal.Cast<byte, ushort>(decoded), decodedShape);
                break;
            case 4:
                Undo(MemoryMarshal.Cast<byte, uint>(stored), MemoryMarshal.Cast<byte, uint>(decoded), decodedShape);
                break;
            default:
                Undo(MemoryMarshal.Cast<byte, ulong>(stored), MemoryMarshal.Cast<byte, ulong>(decoded), decodedShape);
                break;
        }
    }

    private void Undo<T>(ReadOnlySpan<T> stored, Span<T> decoded, NdIndex shape)
    {
        // The stored array's stride of each decoded axis.
        Span<long> strides = stackalloc long[order.Length];
        var stride = 1L;
        for (var i = order.Length - 1; i >= 0; i--)
        {
            strides[order[i]] = stride;
            stride *= shape[order[i]];
        }

        var last = order.Length - 1;
        var (count, step) = (shape[last], strides[last]);
        var position = NdIndex.Filled(order.Length, 0);
        long from = 0;
        for (var to = 0; to < decoded.Length;)
        {
            for (long i = 0, at = from; i < count; i++, at += step)
                decoded[to++] = stored[(int)at];
            for (var axis = last - 1; axis >= 0; axis--)
            {
                from += strides[axis];
                if (++position[axis] < shape[axis])
                    break;
                from -= strides[axis] * shape[axis];
                position[axis] = 0;
            }
        }
    }
}
