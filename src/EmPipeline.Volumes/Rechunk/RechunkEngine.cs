using EmPipeline.Volumes.Kernels;

namespace EmPipeline.Volumes.Rechunk;

/// <summary>What a run did.</summary>
/// <param name="SourceBytesRead">Decoded bytes asked of the source.</param>
/// <param name="BytesWritten">Bytes of the shards written by this run.</param>
/// <param name="ShardsReused">Shards, written or empty, that an earlier run had finished.</param>
/// <param name="EmptyShards">Shards of this run and earlier ones that are all fill.</param>
public sealed record EngineResult(long SourceBytesRead, long BytesWritten, int ShardsWritten, int ShardsReused, int EmptyShards);

/// <summary>
/// Reads a region once and writes it as a pyramid of shards. Workers take what is ready: a shard to encode before more of the source to
/// read. The output does not depend on their number or order: a shard's bytes follow from its voxels alone.
/// </summary>
public sealed class RechunkEngine(
    IVolumeReader source, IReadOnlyList<LevelGrid> levels, RechunkPlan plan, DownsampleMethod method, ReadOnlyMemory<byte> fill, IShardSink sink,
    int workers, IProgress<RechunkProgress>? progress = null)
{
    private readonly VoxelType _type = source.Info.Type;
    private readonly Pyramid _pyramid = new(levels, source.Info.Type, method, fill, sink);
    private readonly SharedBlocks? _shared = plan.ReadRatio > SharedBlocks.WorthIt ? new SharedBlocks(source, plan) : null;
    private long _bytesRead;
    private long _bytesWritten;
    private long _voxelsDone;
    private int _written;
    private int _reused;
    private int _empty;

    /// <summary>Runs to the end, or stops at the first error.</summary>
    /// <exception cref="EmException">The source or the sink failed.</exception>
    public async Task<EngineResult> RunAsync(CancellationToken cancellation)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (sink.HasFinished)
            await TakeUpAsync(linked.Token);

        var bufferBytes = checked((int)(NdIndex.Min(plan.BoxShape, levels[0].Shape).Volume * _type.Size()));
        using var scheduler = new RechunkScheduler(plan, Remaining(), bufferBytes, _type.Size());
        var tasks = Enumerable.Range(0, workers).Select(_ => Task.Run(() => WorkAsync(scheduler, linked), CancellationToken.None)).ToArray();
        await WhenAllFirstErrorAsync(tasks, cancellation);

        return new EngineResult(_shared?.BytesRead ?? _bytesRead, _bytesWritten, _written, _reused, _empty);
    }

    private async Task WorkAsync(RechunkScheduler scheduler, CancellationTokenSource stop)
    {
        try
        {
            using var own = new Streamer(() => new ShardEncoder(_type, fill, sink.CreateWriter()));
            while (plan.Streams && scheduler.NextBox() is { } box)
                await StreamAsync(own, box, stop.Token);
            var encoder = own.Coarse;
            while (!plan.Streams && await scheduler.NextAsync(stop.Token) is { } work)
            {
                if (work.Piece is { } piece)
                {
                    await ReadAsync(work.Box, piece, stop.Token);
                    scheduler.PieceRead(work.Box);
                    continue;
                }

                var valid = levels[0].Valid(work.Shard);
                var view = new VoxelView(work.Box.Buffer, work.Box.Voxels, valid, _type.Size());
                await FinishAsync(encoder, 0, work.Shard, view, stop.Token);
                Advance(valid.Volume);
                scheduler.ShardDone(work.Box);
            }
        }
        catch
        {
            await stop.CancelAsync();
            throw;
        }
    }

    private async ValueTask ReadAsync(WorkBox box, Box piece, CancellationToken cancellation)
    {
        var size = _type.Size();
        var offset = (piece.Origin[0] - box.Voxels.Origin[0]) * box.Voxels.Shape[1] * box.Voxels.Shape[2] * size;
        var bytes = piece.Volume * size;
        var target = box.Buffer.AsMemory((int)offset, (int)bytes);
        var sourceBox = new Box(piece.Origin + plan.Region.Origin, piece.Shape);
        if (_shared is not null)
            await _shared.ReadAsync(sourceBox, target, cancellation);
        else
            await source.ReadAsync(sourceBox, target, cancellation);
        Interlocked.Add(ref _bytesRead, bytes);
    }

    /// <summary>
    /// Takes a box of shards through in one go: reads one row of chunks across all of them, encodes it while it is in the cache, and so on.
    /// </summary>
    private async ValueTask StreamAsync(Streamer own, WorkBox box, CancellationToken cancellation)
    {
        var (level, shards, size) = (levels[0], box.Shards, _type.Size());
        var valid = shards.Select(level.Valid).ToArray();
        var parts = new Pyramid.Part?[shards.Count];
        for (var i = 0; i < shards.Count; i++)
        {
            own.Encoder(i).Begin(level, shards[i]);
            parts[i] = await _pyramid.FindAboveAsync(0, shards[i], cancellation);
        }

        // Shards lie side by side along x; what earlier runs finished at the ends is not read.
        var span = Box.FromEnds(valid[0].Origin, valid[^1].End);
        for (var z = 0L; z < span.Shape[0]; z += level.Chunk[0])
        {
            for (var y = 0L; y < span.Shape[1]; y += level.Chunk[1])
            {
                var row = new Box(span.Origin + new NdIndex(z, y, 0), new NdIndex(level.Chunk[0], level.Chunk[1], span.Shape[2])).Intersect(span);
                var voxels = own.Row((int)(row.Volume * size));
                await source.ReadAsync(row with { Origin = row.Origin + plan.Region.Origin }, voxels, cancellation);
                Interlocked.Add(ref _bytesRead, voxels.Length);
                for (var i = 0; i < shards.Count; i++)
                {
                    var view = new VoxelView(voxels, row, row.Intersect(valid[i]), size);
                    own.Encoder(i).AddRow(view, z, y, areCached: true);
                    if (parts[i] is { } part)
                        _pyramid.Fold(part, view);
                }
            }
        }

        for (var i = 0; i < shards.Count; i++)
        {
            await ClimbAsync(own.Coarse, own.Encoder(i).End(), parts[i], cancellation);
            Advance(valid[i].Volume);
        }
    }

    /// <summary>Writes a shard, and those above it that it completes.</summary>
    private async ValueTask FinishAsync(ShardEncoder encoder, int level, NdIndex position, VoxelView voxels, CancellationToken cancellation)
    {
        var record = encoder.Encode(levels[level], position, voxels);
        var above = await _pyramid.FindAboveAsync(level, position, cancellation);
        if (above is not null && record.State == ShardState.Written)
            _pyramid.Fold(above, voxels);
        await ClimbAsync(encoder, record, above, cancellation);
    }

    /// <summary>Takes note of an encoded shard whose voxels are in the one above it, and writes that one if it is now complete.</summary>
    private async ValueTask ClimbAsync(ShardEncoder encoder, ShardRecord record, Pyramid.Part? above, CancellationToken cancellation)
    {
        Interlocked.Increment(ref record.State == ShardState.Empty ? ref _empty : ref _written);
        Interlocked.Add(ref _bytesWritten, record.StoredBytes);
        await sink.RecordAsync(record, cancellation);
        if (above is null || !above.Complete())
            return;
        await FinishAsync(encoder, above.Level, above.Position, new VoxelView(above.Buffer, above.Valid, above.Valid, _type.Size()), cancellation);
        _pyramid.Return(above);
    }

    /// <summary>Counts what earlier runs finished, and makes coarser shards that they did not get to although all they are made from was finished.</summary>
    private async Task TakeUpAsync(CancellationToken cancellation)
    {
        foreach (var shard in Box.Whole(levels[0].Grid).CellsTouched(NdIndex.Filled(3, 1)))
        {
            if (Reuse(sink.Find(0, shard)))
                _voxelsDone += levels[0].Valid(shard).Volume;
        }

        using var encoder = new ShardEncoder(_type, fill, sink.CreateWriter());
        foreach (var level in levels.Skip(1))
        {
            foreach (var position in Box.Whole(level.Grid).CellsTouched(NdIndex.Filled(3, 1)))
            {
                if (Reuse(sink.Find(level.Level, position))
                    || !_pyramid.Below(level.Level, position).All(below => sink.Find(level.Level - 1, below) != ShardState.Missing))
                {
                    continue;
                }

                var part = await _pyramid.RebuildAsync(level.Level, position, cancellation);
                await FinishAsync(
                    encoder, level.Level, position, new VoxelView(part.Buffer, part.Valid, part.Valid, _type.Size()), cancellation);
                _pyramid.Return(part);
            }
        }
    }

    /// <summary>The boxes with a shard still to be written, made one by one as they are asked for.</summary>
    private IEnumerable<WorkBox> Remaining()
    {
        foreach (var position in plan.Boxes())
        {
            var box = plan.BoxAt(position);
            var shards = box.CellsTouched(levels[0].Shard).Where(shard => sink.Find(0, shard) == ShardState.Missing).ToArray();
            if (shards.Length > 0)
                yield return new WorkBox(box, shards);
        }
    }

    /// <summary>Counts a shard that an earlier run finished; false when it is still to be made.</summary>
    private bool Reuse(ShardState state)
    {
        if (state == ShardState.Missing)
            return false;
        _reused++;
        _empty += state == ShardState.Empty ? 1 : 0;
        return true;
    }

    private void Advance(long voxels)
    {
        var done = Interlocked.Add(ref _voxelsDone, voxels);
        progress?.Report(new RechunkProgress(done, levels[0].Shape.Volume, Interlocked.Read(ref _bytesWritten)));
    }

    private static async Task WhenAllFirstErrorAsync(Task[] tasks, CancellationToken cancellation)
    {
        try
        {
            await Task.WhenAll(tasks);
        }
        catch (Exception)
        {
            cancellation.ThrowIfCancellationRequested();
            // The others were only told to stop.
            var cause = tasks.Select(task => task.Exception?.InnerException).FirstOrDefault(error => error is not null and not OperationCanceledException);
            if (cause is not null)
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(cause);
            throw;
        }
    }
}
