using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using EmPipeline.Volumes;

namespace EmPipeline.Catalog.Splits;

/// <summary>
/// The cells of one volume, and the part of each: cells in an order drawn from seed and dataset, cut where the shares of its voxels end. Borders run through
/// the middles of blocks, so that of the blocks along one a single layer is lost, for any halo up to half a block. Immutable.
/// </summary>
internal sealed class SplitCells
{
    private const int Axes = 3;
    private readonly long[][] _borders = new long[Axes][];
    private readonly string[] _parts;

    /// <param name="volume">Level 0 of <see cref="SplitRecord.Whole"/>.</param>
    public SplitCells(SplitRecord split, VolumeRecord volume)
    {
        for (var axis = 0; axis < Axes; axis++)
            _borders[axis] = Borders(volume.Shape[axis], split.Cell[axis], volume.Block[axis]);
        var sizes = Sizes(volume.Shape);
        _parts = new string[sizes.Length];
        var dataset = BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(split.Whole)));
        var keys = new ulong[sizes.Length];
        var order = new int[sizes.Length];
        for (var cell = 0; cell < keys.Length; cell++)
            (keys[cell], order[cell]) = (SplitMix64.Keyed((ulong)split.Seed, dataset, (ulong)cell).Next(), cell);
        Array.Sort(order, (a, b) => (keys[a], a).CompareTo((keys[b], b)));
        Deal(split.Shares, order, sizes);
    }

    /// <summary>The part of all cells that the box touches; null where they are of several.</summary>
    /// <param name="box">In voxels of the volume; may reach beyond it.</param>
    public string? PartOf(Box box)
    {
        var (first, last) = (CellOf(box.Origin), CellOf(box.End - NdIndex.Filled(Axes, 1)));
        var part = _parts[Number(first[0], first[1], first[2])];
        for (var z = first[0]; z <= last[0]; z++)
        {
            for (var y = first[1]; y <= last[1]; y++)
            {
                for (var x = first[2]; x <= last[2]; x++)
                {
                    if (_parts[Number(z, y, x)] != part)
                        return null;
                }
            }
        }

        return part;
    }

    /// <summary>Where the cells after the first begin.</summary>
    private static long[] Borders(long length, long cell, long block)
    {
        var cells = Math.Max(1, ((2 * length) + cell) / (2 * cell));
        var borders = new List<long>();
        for (var i = 1L; i < cells; i++)
        {
            var border = ((long)((Int128)i * length / cells) / block * block) + (block / 2);
            if (border < length && border > (borders.Count > 0 ? borders[^1] : 0))
                borders.Add(border);
        }

        return [.. borders];
    }

    /// <summary>The voxels of each cell, in C order.</summary>
    private double[] Sizes(NdIndex shape)
    {
        var lengths = _borders.Select((borders, axis) => borders.Append(shape[axis]).Zip(borders.Prepend(0), (end, begin) => (double)(end - begin)).ToArray()).ToArray();
        return [.. from z in lengths[0] from y in lengths[1] from x in lengths[2] select z * y * x];
    }

    /// <summary>Each cell goes where its middle falls, when all lie in a row and each part owns its share of it.</summary>
    private void Deal(IReadOnlyList<SplitShare> shares, int[] order, double[] sizes)
    {
        var (voxels, sum) = (sizes.Sum(), shares.Sum(share => share.Share));
        var (part, before, end) = (0, 0.0, shares[0].Share / sum);
        foreach (var cell in order)
        {
            while (part < shares.Count - 1 && (before + (sizes[cell] / 2)) / voxels >= end)
                end += shares[++part].Share / sum;
            _parts[cell] = shares[part].Part;
            before += sizes[cell];
        }
    }

    private NdIndex CellOf(NdIndex voxel)
    {
        for (var axis = 0; axis < Axes; axis++)
        {
            var found = Array.BinarySearch(_borders[axis], voxel[axis]);
            voxel[axis] = found >= 0 ? found + 1 : ~found;
        }

        return voxel;
    }

    private long Number(long z, long y, long x) => (((z * (_borders[1].Length + 1)) + y) * (_borders[2].Length + 1)) + x;
}
