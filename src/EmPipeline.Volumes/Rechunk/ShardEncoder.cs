using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using EmPipeline.Volumes.Kernels;

namespace EmPipeline.Volumes.Rechunk;

/// <summary>
/// Turns the voxels of one part of a shard into inner chunks: gathers them, takes their statistics on the way or while they are in the cache,
/// gives them to the writer unless all of a chunk is fill. Chunks that are neighbours along x are gathered together, so that every cache
/// line of the source is fetched once. One a worker; not safe for concurrent use.
/// </summary>
/// <param name="sections">Takes the finest level's sections; null where nobody asks.</param>
internal sealed class ShardEncoder(VoxelType type, ReadOnlyMemory<byte> fill, IShardWriter writer, bool areNumbers, SectionTally? sections = null) : IDisposable
{
    // As many neighbours as fit the first- and second-level cache with room to spare; two at least share a cache line.
    private const int GatherBytes = 64 << 10;
    private const int CacheLine = 64;
    private readonly List<BlockTally> _blocks = [];
    private readonly int _size = type.Size();
    private LevelGrid _level = null!;
    private NdIndex _part;
    private NdIndex _firstChunk;
    private NdIndex _blockGrid;
    private Moments[] _moments = [];
    private bool _any;
    private bool _areCached;

    /// <param name="voxels">The valid voxels of the part.</param>
    public EncodedPart Encode(OpenShard shard, NdIndex part, VoxelView voxels)
    {
        Begin(shard, part);
        AddRows(voxels, NdIndex.Filled(3, 0));
        return End();
    }

    /// <summary>Starts a part: its rows of chunks come next, in C order.</summary>
    public void Begin(OpenShard shard, NdIndex part)
    {
        var level = shard.Level;
        var valid = level.ValidPart(part);
        (_level, _part, _any) = (level, part, false);
        _firstChunk = NdIndex.FloorDivide(valid.Origin - (shard.Position * level.Shard), level.Chunk);
        _blockGrid = NdIndex.CeilingDivide(valid.Shape, level.Block);
        var number = 0;
        foreach (var block in Box.Whole(_blockGrid).CellsTouched(NdIndex.Filled(3, 1)))
        {
            if (number == _blocks.Count)
                _blocks.Add(new BlockTally(type, fill, areNumbers));
            _blocks[number++].Reset(new Box(valid.Origin + (block * level.Block), level.Block).Intersect(valid));
        }

        if (level.Level == 0)
            sections?.Begin(valid);
        writer.Begin(level.Level, shard.Position, shard.NumberOf(part));
    }

    /// <summary>Adds all chunks of a box that begins <paramref name="offset"/> voxels from the part's first one, in C order.</summary>
    /// <param name="voxels">Their valid voxels, from the part's first x on.</param>
    /// <param name="areCached">They were just read, so there is no need to fetch them ahead.</param>
    public void AddRows(VoxelView voxels, NdIndex offset, bool areCached = false)
    {
        _areCached = areCached;
        var (box, chunk) = (voxels.Part, _level.Chunk);
        for (var z = 0L; z < box.Shape[0]; z += chunk[0])
        {
            for (var y = 0L; y < box.Shape[1]; y += chunk[1])
            {
                var row = new Box(box.Origin + new NdIndex(z, y, 0), new NdIndex(chunk[0], chunk[1], box.Shape[2])).Intersect(box);
                AddRow(voxels with { Part = row }, offset[0] + z, offset[1] + y);
                if (_level.Level == 0)
                    sections?.Add(voxels with { Part = row }, offset[0] + z, offset[1] + y);
            }
        }
    }

    /// <summary>Finishes the part and says what is known of it.</summary>
    public EncodedPart End()
    {
        writer.Finish();
        if (_level.Level == 0)
            sections?.End(_part);
        var blocks = new BlockRecord[_blockGrid.Volume];
        for (var i = 0; i < blocks.Length; i++)
            blocks[i] = _blocks[i].Describe(_level.Level);
        return new EncodedPart(_part, blocks, _any);
    }

    public void Dispose() => writer.Dispose();

    /// <summary>Adds the chunks that lie side by side along x at (<paramref name="z"/>, <paramref name="y"/>), from the part's first voxel.</summary>
    private void AddRow(VoxelView voxels, long z, long y)
    {
        var chunk = _level.Chunk;
        var grid = NdIndex.FloorDivide(_level.Shard, chunk);
        var length = checked((int)(chunk.Volume * _size));
        var together = Math.Clamp(GatherBytes / length, 1, _level.Part[2] / chunk[2]);
        var part = voxels.Part.Shape;
        var source = voxels.From(NdIndex.Filled(3, 0));
        var number = (int)((((_firstChunk[0] + (z / chunk[0])) * grid[1]) + _firstChunk[1] + (y / chunk[1])) * grid[2]) + (int)_firstChunk[2];
        for (var x = 0L; x < part[2]; x += together * chunk[2])
        {
            var extent = new Extent(part[0], part[1], Math.Min(together * chunk[2], part[2] - x));
            _any |= Add(source[(int)(x * _size)..], voxels, extent, new NdIndex(z, y, x), number + (int)(x / chunk[2]), length);
        }
    }

    /// <summary>Gathers neighbouring chunks and gives them to the writer.</summary>
    /// <param name="source">From the first one's first voxel on.</param>
    /// <param name="part">The voxels there are.</param>
    /// <param name="offset">The first one's first voxel, from the part's.</param>
    /// <param name="number">The first chunk's number.</param>
    /// <returns>Whether any chunk holds more than fill.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool Add(ReadOnlySpan<byte> source, VoxelView voxels, Extent part, NdIndex offset, int number, int length)
    {
        var chunk = _level.Chunk;
        var plane = chunk[1] * chunk[2] * _size;
        var count = (int)((part.X + chunk[2] - 1) / chunk[2]);
        var gathered = writer.Reserve(count, out var stride);
        if (part.Z < chunk[0] || part.Y < chunk[1] || part.X < count * chunk[2])
        {
            for (var i = 0; i < count; i++)
                StridedCopy.FillSpan(gathered.Slice(i * stride, length), fill.Span);
        }

        var known = GatherColumns(source, voxels, part, gathered, stride);
        if (known < count)
            GatherRows(source, voxels, part, gathered, stride, known, count);
        var any = false;
        for (var i = 0; i < count; i++)
        {
            var voxelsOfChunk = gathered.Slice(i * stride, length);
            var at = NdIndex.FloorDivide(offset + new NdIndex(0, 0, i * chunk[2]), _level.Block);
            var block = _blocks[(int)((((at[0] * _blockGrid[1]) + at[1]) * _blockGrid[2]) + at[2])];
            if (i < known)
                block.Add(voxelsOfChunk[..(int)(part.Z * plane)], _moments[i]);
            else
                block.Add(voxelsOfChunk, part.Z, part.Y, Math.Min(chunk[2], part.X - (i * chunk[2])), chunk);
            if (FillTest.IsAll(voxelsOfChunk, fill.Span))
                continue;
            writer.Add(number + i, voxelsOfChunk);
            any = true;
        }

        return any;
    }

    /// <summary>Gathers whole chunks in columns, and takes their moments on the way.</summary>
    /// <returns>How many chunks, from the first one on; 0 where the voxels or the processor are not made for it.</returns>
    private int GatherColumns(ReadOnlySpan<byte> source, VoxelView voxels, Extent part, Span<byte> gathered, int stride)
    {
        var chunk = _level.Chunk;
        var (row, plane, width) = ((int)chunk[2] * _size, chunk[1] * chunk[2] * _size, (int)part.X * _size);
        if (row % MomentGather.Half != 0 || part.Y < chunk[1] || !MomentGather.IsSupported(type, part.Y))
            return 0;
        if (_moments.Length < width / row)
            _moments = new Moments[width / row];
        Array.Fill(_moments, Moments.None);
        var (from, to, at) = (new MomentGather.Steps(voxels.Row, voxels.Plane), new MomentGather.Steps(row, plane), 0);
        for (; at + MomentGather.Column <= width / row * row; at += MomentGather.Column)
        {
            var (first, second) = (at, at + MomentGather.Half);
            var (a, b) = MomentGather.Copy(
                type, source[at..], from, gathered[((first / row * stride) + (first % row))..], gathered[((second / row * stride) + (second % row))..],
                to, part.Z, part.Y, !_areCached);
            _moments[first / row] += a;
            _moments[second / row] += b;
        }

        return at / row;
    }

    /// <summary>Gathers chunks <paramref name="first"/> to <paramref name="end"/>, whatever there is of them, a row at a time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void GatherRows(ReadOnlySpan<byte> source, VoxelView voxels, Extent part, Span<byte> gathered, int stride, int first, int end)
    {
        var chunk = _level.Chunk;
        var (row, plane) = (chunk[2] * _size, chunk[1] * chunk[2] * _size);
        var (sourceRow, sourcePlane) = (voxels.Row, voxels.Plane);
        for (var z = 0L; z < part.Z; z++)
        {
            var from = source[(int)(z * sourcePlane)..];
            if (!_areCached && z + 1 < part.Z)
                Prefetch(from[(int)(sourcePlane + (first * row))..], sourceRow, part.Y, (int)((part.X * _size) - (first * row)));
            for (var i = first; i < end; i++)
            {
                RowCopy.Copy(
                    from[(int)(i * row)..], sourceRow, gathered[((i * stride) + (int)(z * plane))..], row, part.Y,
                    (int)Math.Min(row, (part.X * _size) - (i * row)));
            }
        }
    }

    /// <summary>Asks for the rows of the next plane while this one is copied: their distance is too large for the processor to guess.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void Prefetch(ReadOnlySpan<byte> source, long step, long rows, int length)
    {
        if (!Sse.IsSupported)
            return;
        ref var first = ref MemoryMarshal.GetReference(source);
        for (var row = 0L; row < rows; row++)
        {
            for (var at = 0; at < length; at += CacheLine)
                Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.AddByteOffset(ref first, (nint)((row * step) + at))));
        }
    }

    private readonly record struct Extent(long Z, long Y, long X);
}
