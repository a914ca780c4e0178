using System.Buffers;
using System.Collections.Concurrent;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Zarr.Chunks;

namespace EmPipeline.Zarr.V3;

/// <summary>
/// Reads boxes of a sharded array: only the inner chunks touched, neighbours in the file in one read, decoded straight into the caller's
/// buffer where a chunk lies in it without gaps, else by way of a buffer that stays in the cache. Stored voxels in local files are copied
/// from where the kernel keeps them, if it does. Every inner chunk is verified when it is first read; those that are copied so, not again as
/// long as their shard stays mapped. Allocates nothing once warm. Over a network: see the other part.
/// </summary>
/// <param name="expected">As for <see cref="ZarrVolumes.OpenAsync(VolumePath, Func{NdIndex, bool}, CancellationToken)"/>.</param>
internal sealed partial class ShardedArrayReader(VolumeInfo info, ArrayMetadata metadata, ShardLayout layout, VolumePath folder, Func<NdIndex, bool>? expected)
    : IVolumeReader, IObjectsOfBox
{
    /// <summary>Inner chunks this close to each other are read together: seeking costs more than reading over the gap.</summary>
    private const int MaxGap = 4096;

    /// <summary>A read stops growing here, so that what it brings is decoded while it is in the cache.</summary>
    private const int MaxRead = 512 << 10;

    private readonly ShardIndexCache _shards = new(metadata, layout, folder, expected);
    private readonly MappedShards? _mapped = layout.Inner.IsStored && folder.Store is LocalStore store ? new(store, layout.ChunkCount) : null;
    private readonly ConcurrentBag<List<Touched>> _lists = [];
    private readonly CodecChain _inner = layout.Inner;

    /// <summary>Whether chunks are in memory is asked for this much of a file at once, though not all of it is needed: the kernel answers quickly.</summary>
    private const int MaxAsked = 4 << 20, MaxGapAsked = 512 << 10;

    // Not the chain's own: an inner chunk may be a shard itself, and is decoded whole here.
    private readonly int _innerLength = checked((int)(layout.Inner.Shape.Volume * layout.Inner.ElementSize));

    public VolumeInfo Info => info;

    public IEnumerable<string> ObjectsOf(Box box) => box.CellsTouched(metadata.Chunk).Select(shard => folder.Child(metadata.Keys.Of(shard)));

    public async ValueTask ReadAsync(Box box, Memory<byte> buffer, CancellationToken cancellation = default)
    {
        VolumeReaderArguments.Check(info, box, buffer.Length);
        cancellation.ThrowIfCancellationRequested();
        if (box.IsEmpty)
            return;
        if (folder.Store is IVersionedStore remote)
        {
            await ReadRemoteAsync(remote, box, buffer, cancellation);
            return;
        }

        if (!_lists.TryTake(out var touched))
            touched = [];
        try
        {
            var (first, last) = (NdIndex.FloorDivide(box.Origin, metadata.Chunk), NdIndex.FloorDivide(box.End - NdIndex.Filled(box.Rank, 1), metadata.Chunk));
            var position = first;
            do
            {
                cancellation.ThrowIfCancellationRequested();
                var shard = await _shards.GetAsync(position, cancellation);
                var shardBox = new Box(position * metadata.Chunk, metadata.Chunk);
                if (shard.Index is { } index)
                {
                    Collect(index, shardBox, box, buffer.Span, touched);
                    if (_mapped is not null && await _mapped.GetAsync(shard, touched.Count, cancellation) is { } mapped)
                        CopyFromMemory(mapped, shard.Key, touched, shardBox.Origin, box, buffer.Span);
                    await ReadTouchedAsync(shard.Key, touched, shardBox.Origin, box, buffer, cancellation);
                }
                else
                {
                    ChunkFill.Fill(metadata.Fill.Span, shardBox, buffer.Span, box, _inner.ElementSize);
                }
            }
            while (Next(ref position, first, last));
        }
        finally
        {
            touched.Clear();
            _lists.Add(touched);
        }
    }

    public ValueTask DisposeAsync()
    {
        _mapped?.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Lists the inner chunks of a shard that the box touches, in the order of the file; fills in those that are absent.</summary>
    private void Collect(ulong[] index, Box shard, Box box, Span<byte> buffer, List<Touched> touched)
    {
        touched.Clear();
        var part = shard.Intersect(box).RelativeTo(shard.Origin);
        var (first, last) = (NdIndex.FloorDivide(part.Origin, _inner.Shape), NdIndex.FloorDivide(part.End - NdIndex.Filled(box.Rank, 1), _inner.Shape));
        var position = first;
        var ordered = true;
        do
        {
            var number = 0L;
            for (var axis = 0; axis < position.Rank; axis++)
                number = (number * layout.Grid[axis]) + position[axis];
            var (offset, length) = (index[2 * number], index[(2 * number) + 1]);
            if (offset == ShardLayout.Absent && length == ShardLayout.Absent)
            {
                ChunkFill.Fill(metadata.Fill.Span, new Box(shard.Origin + (position * _inner.Shape), _inner.Shape), buffer, box, _inner.ElementSize);
                continue;
            }

            ordered &= touched.Count == 0 || touched[^1].Offset <= (long)offset;
            touched.Add(new Touched((long)offset, (long)length, position, (int)number));
        }
        while (Next(ref position, first, last));
        if (!ordered)
            touched.Sort(static (a, b) => a.Offset.CompareTo(b.Offset));
    }

    /// <summary>Puts those chunks in their place that are in memory, and takes them off the list.</summary>
    private void CopyFromMemory(MappedShard shard, string key, List<Touched> touched, NdIndex shardOrigin, Box box, Span<byte> buffer)
    {
        var file = shard.File!;
        if (!file.TryAcquire())
            return;
        try
        {
            var left = 0;
            for (var (from, to) = (0, 0); from < touched.Count; from = to)
            {
                var end = GrowRun(touched, from, MaxGapAsked, MaxAsked, out to);
                var isInMemory = file.IsInMemory(touched[from].Offset, end - touched[from].Offset);
                for (var i = from; i < to; i++)
                {
                    if (!isInMemory)
                    {
                        touched[left++] = touched[i];
                        continue;
                    }

                    var isVerified = shard.IsVerified(touched[i].Number);
                    Place(file.Bytes(touched[i].Offset, (int)touched[i].Length), isVerified, key, touched[i], shardOrigin, box, buffer);
                    if (!isVerified)
                        shard.SetVerified(touched[i].Number);
                }
            }

            touched.RemoveRange(left, touched.Count - left);
        }
        finally
        {
            file.Release();
        }
    }

    /// <summary>Joins chunks that are near each other in the file, up to a length. Returns where they end.</summary>
    private static long GrowRun(List<Touched> touched, int from, int maxGap, int maxLength, out int to)
    {
        var end = touched[from].End;
        for (to = from + 1; to < touched.Count && touched[to].Offset - end <= maxGap && touched[to].End - touched[from].Offset <= maxLength; to++)
            end = Math.Max(end, touched[to].End);
        return end;
    }

    private async ValueTask ReadTouchedAsync(
        string key, List<Touched> touched, NdIndex shardOrigin, Box box, Memory<byte> buffer, CancellationToken cancellation)
    {
        for (var (from, to) = (0, 0); from < touched.Count; from = to)
        {
            var start = touched[from].Offset;
            var end = GrowRun(touched, from, MaxGap, MaxRead, out to);
            if (end - start > int.MaxValue)
                throw EmException.Corrupt(folder.Store.Locate(key), $"inner chunk at byte {start}: got {end - start} bytes, expected less than 2 GiB.");
            var length = (int)(end - start);
            var rented = ArrayPool<byte>.Shared.Rent(length);
            try
            {
                if (!await folder.Store.ReadAsync(key, start, rented.AsMemory(0, length), cancellation))
                    throw EmException.Corrupt(folder.Store.Locate(key), "the shard is gone, although its index could be read.");
                for (var i = from; i < to; i++)
                    Place(rented.AsSpan((int)(touched[i].Offset - start), (int)touched[i].Length), false, key, touched[i], shardOrigin, box, buffer.Span);
            }
            catch (EndOfStreamException e)
            {
                throw EmException.Corrupt(folder.Store.Locate(key), $"{e.Message} Fetch or make it again.", e);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(rented);
            }
        }
    }

    /// <summary>Decodes one inner chunk and puts its part of the box in its place.</summary>
    /// <param name="isVerified">These very bytes were decoded before.</param>
    private void Place(ReadOnlySpan<byte> encoded, bool isVerified, string key, in Touched chunk, NdIndex shardOrigin, Box box, Span<byte> buffer)
    {
        var chunkBox = new Box(shardOrigin + (chunk.Position * _inner.Shape), _inner.Shape);
        var size = _inner.ElementSize;
        try
        {
            if (_inner.IsStored)
            {
                StridedCopy.Copy(_inner.Stored(encoded, isVerified), chunkBox, buffer, box, size);
                return;
            }

            if (ContiguousOffset(chunkBox, box) is { } offset)
            {
                _inner.Decode(encoded, buffer.Slice((int)offset * size, _innerLength));
                return;
            }

            ChunkTarget.CheckExpansion(_innerLength, encoded.Length, folder with { Key = key });
            var rented = ArrayPool<byte>.Shared.Rent(_innerLength);
            try
            {
                var decoded = rented.AsSpan(0, _innerLength);
                _inner.Decode(encoded, decoded);
                StridedCopy.Copy(decoded, chunkBox, buffer, box, size);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(rented);
            }
        }
        catch (InvalidDataException e)
        {
            throw EmException.Corrupt(
                folder.Store.Locate(key), $"inner chunk {chunk.Position} at byte {chunk.Offset}: {e.Message} Fetch or make it again.", e);
        }
        catch (NotSupportedException e)
        {
            throw EmException.Unsupported(folder.Store.Locate(key), e.Message);
        }
    }

    /// <summary>The voxel offset of a chunk in the box's buffer when it lies there whole and without gaps; else null.</summary>
    private static long? ContiguousOffset(Box chunk, Box box)
    {
        var (offset, stride) = (0L, 1L);
        var gapless = true;
        for (var axis = box.Rank - 1; axis >= 0; axis--)
        {
            var at = chunk.Origin[axis] - box.Origin[axis];
            // Once an axis is not filled, every slower one must be a single plane.
            if (at < 0 || at + chunk.Shape[axis] > box.Shape[axis] || (!gapless && chunk.Shape[axis] != 1))
                return null;
            gapless &= chunk.Shape[axis] == box.Shape[axis];
            offset += at * stride;
            stride *= box.Shape[axis];
        }

        return offset;
    }

    /// <summary>Counts up in C order between two corners, both included.</summary>
    private static bool Next(ref NdIndex position, NdIndex first, NdIndex last)
    {
        for (var axis = position.Rank - 1; axis >= 0; axis--)
        {
            if (++position[axis] <= last[axis])
                return true;
            position[axis] = first[axis];
        }

        return false;
    }

    /// <param name="Number">Which of the shard's inner chunks it is.</param>
    private readonly record struct Touched(long Offset, long Length, NdIndex Position, int Number)
    {
        public long End => Offset + Length;
    }
}
