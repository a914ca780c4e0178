using EmPipeline.Volumes;

namespace EmPipeline.Catalog;

/// <summary>
/// The chunks in which a class has voxels, in columns, so that a voxel of the class is drawn by a number without rejection: voxel n of
/// <see cref="Voxels"/> is in the chunk where the running sum of counts passes n. Immutable; safe for concurrent use.
/// </summary>
public sealed class LabelChunks
{
    private readonly long[] _positions;
    private readonly long[] _ends;

    internal LabelChunks(string name, IReadOnlyList<LabelChunkRange> labels, long[] positions, long[] ends) => (Class, Labels, _positions, _ends) = (name, labels, positions, ends);

    public string Class { get; }

    /// <summary>The labels that have such chunks, each with its rows and its voxels; one after another.</summary>
    public IReadOnlyList<LabelChunkRange> Labels { get; }

    /// <summary>How many chunks.</summary>
    public int Count => _positions.Length;

    /// <summary>How many voxels of the class in all of them.</summary>
    public long Voxels => _ends.Length == 0 ? 0 : _ends[^1];

    /// <summary>The chunk of this row, in the order of <c>label_chunks</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public LabelChunkPlace this[int row]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Count, nameof(row));
            var label = LabelOf(row);
            var before = row == 0 ? 0 : _ends[row - 1];
            return new LabelChunkPlace(label, OriginOf(label, _positions[row]), _ends[row] - before, 0);
        }
    }

    /// <summary>The chunk that holds voxel number <paramref name="voxel"/> of the class, and which of the chunk's voxels of the class it is.</summary>
    /// <param name="voxel">From 0 to below <see cref="Voxels"/>; of one label alone, from its FirstVoxel to below its EndVoxel.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are not so many.</exception>
    public LabelChunkPlace Find(long voxel)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(voxel);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(voxel, Voxels);
        var found = Array.BinarySearch(_ends, voxel);
        var row = found >= 0 ? found + 1 : ~found;
        return this[row] with { Rank = voxel - (row == 0 ? 0 : _ends[row - 1]) };
    }

    private LabelVolumeRecord LabelOf(int row)
    {
        var (low, high) = (0, Labels.Count - 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = row < Labels[middle].End ? (low, middle) : (middle + 1, high);
        }

        return Labels[low].Label;
    }

    private static NdIndex OriginOf(LabelVolumeRecord label, long position)
    {
        var grid = NdIndex.CeilingDivide(label.Shape, label.Chunk);
        var (rows, x) = Math.DivRem(position, grid[2]);
        var (z, y) = Math.DivRem(rows, grid[1]);
        return new NdIndex(z, y, x) * label.Chunk;
    }
}
