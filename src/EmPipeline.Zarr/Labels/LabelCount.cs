using EmPipeline.Volumes;
using EmPipeline.Volumes.Labels;

namespace EmPipeline.Zarr.Labels;

/// <summary>
/// Counts a label by its inner chunks and by the blocks of its image, in parallel and in memory that does not depend on the label's extent. A tile of
/// whole blocks is made at a time; only chunks that a tile's edge cuts are read by both sides.
/// </summary>
internal sealed class LabelCount
{
    /// <summary>Label voxels along an axis of a tile: a whole multiple of usual chunks.</summary>
    public const long UsualTile = 256;
    private const int ReadBytes = 256 << 10;
    private readonly IVolumeReader _label;
    private readonly NdIndex _chunk;
    private readonly LabelScheme _scheme;
    private readonly IReadOnlyDictionary<ulong, int> _meanings;
    private readonly LabelCuts[] _cuts;
    private readonly LabelTiles[] _tiles;
    private readonly ILabelTallySink _sink;
    private readonly long[] _classes;
    private long _known;

    public LabelCount(IVolumeReader label, NdIndex chunk, LabelScheme scheme, LabelCuts[] cuts, ILabelTallySink sink, long tile = UsualTile)
    {
        (_label, _chunk, _scheme, _cuts, _sink) = (label, chunk, scheme, cuts, sink);
        _meanings = scheme.MeaningsIn(label.Info.Type);
        _tiles = [.. cuts.Select((cut, axis) => new LabelTiles(cut, label.Info.Shape[axis], tile))];
        _classes = new long[scheme.ClassNames.Count];
    }

    public async Task<LabelTotals> RunAsync(int threads, CancellationToken cancellation)
    {
        var tiles = new NdIndex(_tiles[0].Count, _tiles[1].Count, _tiles[2].Count);
        var options = new ParallelOptions { MaxDegreeOfParallelism = threads > 0 ? threads : Environment.ProcessorCount, CancellationToken = cancellation };
        await Parallel.ForEachAsync(Box.Whole(tiles).CellsTouched(NdIndex.Filled(3, 1)), options, async (tile, token) => await MakeAsync(tile, token));
        return new LabelTotals(_label.Info.Shape.Volume, _known, _scheme.ClassNames.Select((name, i) => (name, _classes[i])).ToDictionary(pair => pair.name, pair => pair.Item2));
    }

    private async Task MakeAsync(NdIndex tile, CancellationToken cancellation)
    {
        var ((zBegin, zEnd, zFirst, zLast), (yBegin, yEnd, yFirst, yLast), (xBegin, xEnd, xFirst, xLast)) = (_tiles[0][(int)tile[0]], _tiles[1][(int)tile[1]], _tiles[2][(int)tile[2]]);
        var voxels = Box.FromEnds(new(zBegin, yBegin, xBegin), new(zEnd, yEnd, xEnd));
        var blocks = new LabelTally[zLast - zFirst, yLast - yFirst, xLast - xFirst];
        foreach (var at in Box.Whole(new(zLast - zFirst, yLast - yFirst, xLast - xFirst)).CellsTouched(NdIndex.Filled(3, 1)))
            blocks[at[0], at[1], at[2]] = new LabelTally(_scheme);
        if (!voxels.IsEmpty)
            await ChunksAsync(voxels, new(zFirst, yFirst, xFirst), blocks, cancellation);
        for (var z = zFirst; z < zLast; z++)
        {
            for (var y = yFirst; y < yLast; y++)
                _sink.WriteBlocks(new(z, y, xFirst), [.. Enumerable.Range(0, xLast - xFirst).Select(x => blocks[z - zFirst, y - yFirst, x])]);
        }
    }

    private async Task ChunksAsync(Box tile, NdIndex firstBlock, LabelTally[,,] blocks, CancellationToken cancellation)
    {
        var size = _label.Info.Type.Size();
        var counts = new IdCounts();
        var chunks = Box.FromEnds(NdIndex.FloorDivide(tile.Origin, _chunk), NdIndex.CeilingDivide(tile.End, _chunk));
        var together = Math.Max(1, ReadBytes / (_chunk.Volume * size));
        var buffer = new byte[checked((int)(_chunk.Volume * size * Math.Min(together, chunks.Shape[2])))];
        foreach (var first in chunks.CellsTouched(new(1, 1, together)).Select(cell => cell * new NdIndex(1, 1, together)))
        {
            // The grid of what is read together begins at 0, a tile need not.
            var group = new Box(first, new(1, 1, together)).Intersect(chunks);
            var held = VoxelsOf(group);
            var bytes = buffer.AsMemory(0, checked((int)(held.Volume * size)));
            await _label.ReadAsync(held, bytes, cancellation);
            var row = new List<LabelTally>();
            var firstOwned = group.Origin;
            for (var x = group.Origin[2]; x < group.End[2]; x++)
            {
                var position = new NdIndex(group.Origin[0], group.Origin[1], x);
                var chunk = VoxelsOf(new Box(position, NdIndex.Filled(3, 1)));
                var isOwned = tile.Contains(new Box(chunk.Origin, NdIndex.Filled(3, 1)));
                var tally = isOwned ? new LabelTally(_scheme) : null;
                Tally(bytes.Span, held, chunk, tile, size, counts, tally, firstBlock, blocks);
                if (tally is null)
                    continue;
                if (row.Count == 0)
                    firstOwned = position;
                row.Add(tally);
                Sum(tally);
            }

            if (row.Count > 0)
                _sink.WriteChunks(firstOwned, row);
        }
    }

    /// <summary>Adds a chunk, piece by piece, to the blocks that the pieces are in, and to its own tally.</summary>
    private void Tally(ReadOnlySpan<byte> voxels, Box held, Box chunk, Box tile, int size, IdCounts counts, LabelTally? own, NdIndex firstBlock, LabelTally[,,] blocks)
    {
        foreach (var (z, blockZ) in Pieces(0, chunk, firstBlock[0], blocks.GetLength(0)))
        {
            foreach (var (y, blockY) in Pieces(1, chunk, firstBlock[1], blocks.GetLength(1)))
            {
                foreach (var (x, blockX) in Pieces(2, chunk, firstBlock[2], blocks.GetLength(2)))
                {
                    var isInside = blockZ >= 0 && blockY >= 0 && blockX >= 0;
                    if (!isInside && own is null)
                        continue;
                    counts.Clear();
                    LabelScan.Count(voxels, held, Box.FromEnds(new(z.Begin, y.Begin, x.Begin), new(z.End, y.End, x.End)), size, counts);
                    own?.Add(counts, _meanings);
                    if (isInside)
                        blocks[blockZ, blockY, blockX].Add(counts, _meanings);
                }
            }
        }
    }

    /// <summary>Where the tile's blocks cut a chunk along an axis, and in which of them each piece is; -1: in none of them.</summary>
    private IEnumerable<((long Begin, long End) Range, int Block)> Pieces(int axis, Box chunk, long firstBlock, int blocks)
    {
        var (at, end, cuts) = (chunk.Origin[axis], chunk.End[axis], _cuts[axis]);
        for (var block = 0; block < blocks && at < end; block++)
        {
            var (begin, next) = (cuts.First((int)firstBlock + block), cuts.First((int)firstBlock + block + 1));
            if (next <= at || begin >= end || begin == next)
                continue;
            if (begin > at)
                yield return ((at, begin), -1);
            at = Math.Max(at, begin);
            yield return ((at, Math.Min(next, end)), block);
            at = Math.Min(next, end);
        }

        if (at < end)
            yield return ((at, end), -1);
    }

    private Box VoxelsOf(Box chunks) => new Box(chunks.Origin * _chunk, chunks.Shape * _chunk).Intersect(Box.Whole(_label.Info.Shape));

    private void Sum(LabelTally tally)
    {
        Interlocked.Add(ref _known, tally.Known);
        for (var i = 0; i < _classes.Length; i++)
            Interlocked.Add(ref _classes[i], tally.Voxels[i]);
    }
}
