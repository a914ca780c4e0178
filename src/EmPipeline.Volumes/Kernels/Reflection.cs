using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EmPipeline.Volumes.Kernels;

/// <summary>Fills what lies around a part of a volume with the part's mirror image.</summary>
public static class Reflection
{
    /// <summary>
    /// Gives every voxel outside of <paramref name="inside"/> the value of that which lies as far behind the nearest face of it, on each axis: the outermost voxels are not
    /// repeated, and a part that is too thin is gone through to and fro (numpy's "reflect"). One voxel is repeated. Nothing is done where the part is empty.
    /// </summary>
    /// <param name="voxels">C order z, y, x.</param>
    /// <param name="shape">The extent of <paramref name="voxels"/>, z, y, x.</param>
    /// <param name="elementSize">Bytes of one voxel: 1, 2, 4 or 8.</param>
    public static void Fill(Span<byte> voxels, NdIndex shape, Box inside, int elementSize)
    {
        if (inside.IsEmpty)
            return;
        var row = (int)shape[2] * elementSize;
        var plane = (int)shape[1] * row;
        for (var z = (int)inside.Origin[0]; z < inside.End[0]; z++)
        {
            for (var y = (int)inside.Origin[1]; y < inside.End[1]; y++)
                FillRow(voxels.Slice((z * plane) + (y * row), row), inside, elementSize);
            FillRuns(voxels.Slice(z * plane, plane), inside, axis: 1, row);
        }

        FillRuns(voxels[..((int)shape[0] * plane)], inside, axis: 0, plane);
    }

    private static void FillRow(Span<byte> row, Box inside, int elementSize)
    {
        if (inside.Shape[2] * elementSize == row.Length)
            return;
        switch (elementSize)
        {
            case 1: FillRow<byte>(row, inside); break;
            case 2: FillRow<ushort>(row, inside); break;
            case 4: FillRow<uint>(row, inside); break;
            case 8: FillRow<ulong>(row, inside); break;
            default: throw new ArgumentOutOfRangeException(nameof(elementSize), elementSize, "got another size of voxels, expected 1, 2, 4 or 8 bytes.");
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FillRow<T>(Span<byte> bytes, Box inside)
        where T : unmanaged
    {
        var row = MemoryMarshal.Cast<byte, T>(bytes);
        var (start, count) = ((int)inside.Origin[2], (int)inside.Shape[2]);
        for (var x = 0; x < start; x++)
            row[x] = row[Source(x, start, count)];
        for (var x = start + count; x < row.Length; x++)
            row[x] = row[Source(x, start, count)];
    }

    /// <summary>The same with whole rows or planes.</summary>
    private static void FillRuns(Span<byte> all, Box inside, int axis, int run)
    {
        var (start, count) = ((int)inside.Origin[axis], (int)inside.Shape[axis]);
        for (var i = 0; i < all.Length / run; i++)
        {
            if (i < start || i >= start + count)
                all.Slice(Source(i, start, count) * run, run).CopyTo(all.Slice(i * run, run));
        }
    }

    /// <summary>Where the mirror image of a voxel lies among <paramref name="count"/> from <paramref name="start"/>.</summary>
    private static int Source(int at, int start, int count)
    {
        if (count == 1)
            return start;
        var period = 2 * (count - 1);
        var place = (at - start) % period;
        if (place < 0)
            place += period;
        return start + (place < count ? place : period - place);
    }
}
