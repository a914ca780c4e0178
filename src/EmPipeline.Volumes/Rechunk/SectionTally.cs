using EmPipeline.Volumes.Kernels;

namespace EmPipeline.Volumes.Rechunk;

/// <summary>
/// Gathers what a part of a shard says of its sections, from its rows of chunks while they are in the cache. Reused from part to part; not safe for concurrent use.
/// </summary>
internal sealed class SectionTally(ISectionSink sink, ReadOnlyMemory<byte> fill)
{
    private readonly SectionGrid _grid = sink.Grid;
    private readonly PatchRows _patches = PatchRows.For(sink.Grid.Type, sink.Grid.Patch, fill);
    private readonly int _size = sink.Grid.Type.Size();
    private byte[] _records = [];
    private SectionPart[] _sums = [];
    private Box _valid;

    /// <param name="valid">The part's voxels in the volume.</param>
    public void Begin(Box valid)
    {
        _valid = valid;
        var planes = (int)valid.Shape[0];
        if (_sums.Length < planes)
            (_sums, _records) = (new SectionPart[planes], new byte[planes * _grid.RecordLength]);
        Array.Clear(_sums);
        Array.Clear(_records);
    }

    /// <summary>Takes a row of chunks that begins <paramref name="z"/> and <paramref name="y"/> voxels from the part's first one and is as wide as the part.</summary>
    public void Add(VoxelView voxels, long z, long y)
    {
        var (shape, patch) = (voxels.Part.Shape, _grid.Patch);
        var source = voxels.From(NdIndex.Filled(3, 0));
        var (step, stepOfPlanes, planes, rows, width) = ((int)voxels.Row, voxels.Plane, (int)shape[0], (int)shape[1], (int)shape[2]);
        var (columns, meanLength, recordLength) = (_grid.Columns, _grid.MeanLength, _grid.RecordLength);
        var meansLength = _grid.Rows * columns * meanLength;
        for (var plane = 0; plane < planes; plane++)
        {
            var section = (int)z + plane;
            var record = _records.AsSpan(section * recordLength, recordLength);
            ref var sums = ref _sums[section];
            for (var at = 0; at < rows; at += patch)
            {
                // Where the patches of this row come first.
                var number = ((int)y + at) / patch * columns;
                var means = record.Slice(SectionPart.HeaderLength + (number * meanLength), columns * meanLength);
                var drawn = record.Slice(SectionPart.HeaderLength + meansLength + (number * _size), columns * _size);
                var first = source[(int)((plane * stepOfPlanes) + ((long)at * step))..];
                sums.Add(_patches.Take(first, step, Math.Min(patch, rows - at), width, number, means, drawn));
            }
        }
    }

    /// <summary>Gives what is known of the part to the sink.</summary>
    /// <param name="part">Its position in the grid of parts.</param>
    public void End(NdIndex part)
    {
        var planes = (int)_valid.Shape[0];
        for (var i = 0; i < planes; i++)
            _sums[i].Write(_records.AsSpan(i * _grid.RecordLength));
        sink.Write(part, _records.AsSpan(0, planes * _grid.RecordLength));
    }
}
