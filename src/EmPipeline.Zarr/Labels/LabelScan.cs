using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using EmPipeline.Volumes;

namespace EmPipeline.Zarr.Labels;

/// <summary>Counts the values of a box within a buffer, run by run: where objects are larger than voxels, most of the work is finding where a run ends, 32 bytes at a time.</summary>
internal static class LabelScan
{
    /// <param name="voxels">The voxels of <paramref name="held"/>, C order.</param>
    /// <param name="part">Inside <paramref name="held"/>.</param>
    public static void Count(ReadOnlySpan<byte> voxels, Box held, Box part, int size, IdCounts counts)
    {
        var at = part.Origin - held.Origin;
        // What lies without a gap is one row.
        var isPlane = part.Shape[2] == held.Shape[2];
        var isWhole = isPlane && part.Shape[1] == held.Shape[1];
        var row = part.Shape[2] * (isPlane ? part.Shape[1] : 1) * (isWhole ? part.Shape[0] : 1);
        for (var z = 0L; z < (isWhole ? 1 : part.Shape[0]); z++)
        {
            for (var y = 0L; y < (isPlane ? 1 : part.Shape[1]); y++)
            {
                var first = ((((at[0] + z) * held.Shape[1]) + at[1] + y) * held.Shape[2]) + at[2];
                Row(voxels.Slice(checked((int)(first * size)), checked((int)(row * size))), size, counts);
            }
        }
    }

    private static void Row(ReadOnlySpan<byte> row, int size, IdCounts counts)
    {
        switch (size)
        {
            case 1:
                Runs(row, counts);
                break;
            case 2:
                Runs(MemoryMarshal.Cast<byte, ushort>(row), counts);
                break;
            case 4:
                Runs(MemoryMarshal.Cast<byte, uint>(row), counts);
                break;
            default:
                Runs(MemoryMarshal.Cast<byte, ulong>(row), counts);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Runs<T>(ReadOnlySpan<T> row, IdCounts counts)
        where T : unmanaged, IBinaryInteger<T>
    {
        while (!row.IsEmpty)
        {
            var length = row.IndexOfAnyExcept(row[0]);
            if (length < 0)
                length = row.Length;
            counts.Add(ulong.CreateTruncating(row[0]), length);
            row = row[length..];
        }
    }
}
