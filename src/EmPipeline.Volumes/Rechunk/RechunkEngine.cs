using EmPipeline.Volumes.Kernels;

namespace EmPipeline.Volumes.Rechunk;

/// <summary>What a run did.</summary>
/// <param name="SourceBytesRead">Decoded bytes asked of the source.</param>
/// <param name="BytesWritten">Bytes of the shards written by this run.</param>
/// <param name="ShardsReused">Shards, written or empty, that an earlier run had finished.</param>
/// <param name="EmptyShards">Shards of this run and earlier ones that are all fill.</param>
public sealed record EngineResult(long SourceBytesRead, long BytesWritten, int ShardsWritten, int ShardsReused, int EmptyShards);

/// <summary>
/// Reads a region once and writes it as a pyramid of shards. Workers take what is ready: a part of a shard to encode before more of the
/// source to read. The output does not depend on their number or order: a shard's bytes follow from its voxels alone.
/// </summary>
/// <param name="areNumbers">False: voxels are names, as of labels, and statistics count fill alone.</param>
/// <param name="sections">Told of the sections in each part of the finest level that this run makes; null where nobody asks.</param>
/// <param name="portion">The shards that this run makes; null: all.</param>
public sealed class RechunkEngine(
    IVolumeReader source, IReadOnlyList<LevelGrid> levels, RechunkPlan plan, DownsampleMethod method, ReadOnlyMemory<byte> fill, IShardSink sink,
    int workers, IProgress<RechunkProgress>? progress = null, bool areNumbers = true, ISectionSink? sections = null, Portion? portion = null)
{
    private readonly VoxelType _type = source.Info.Type;
    private readonly int _size = source.Info.Type.Size();
    private readonly OpenShards _shards = new();
    private readonly Portion _portion = portion ?? Portion.Whole(levels);
    private readonly SharedBlocks? _shared = !plan.Streams && plan.ReadRatio > SharedBlocks.WorthIt ? new SharedBlocks(source, plan) : null;
    private Pyramid _pyramid = null!;
    private long _bytesRead;
    private long _bytesWritten;
    private long _voxelsDone;
    private int _written;
    private int _reused;
    private int _empty;

    /// <summary>Runs to the end, or stops at the first error. Once only.</summary>
    /// <exception cref="EmException">The source or the sink failed.</exception>
    public async Task<EngineResult> RunAsync(CancellationToken cancellation)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var pyramid = new Pyramid(levels, _type, method, fill, sink, _portion);
        _pyramid = pyramid;
        if (sink.HasFinished)
            await TakeUpAsync(linked.Token);

        var bufferBytes = plan.Streams ? 0 : checked((int)(NdIndex.Min(plan.BoxShape, levels[0].Shape).Volume * _size));
        using var scheduler = new RechunkScheduler(plan, Remaining(), bufferBytes, _size);
        var tasks = Enumerable.Range(0, workers).Select(_ => Task.Run(() => WorkAsync(scheduler, linked), CancellationToken.None)).ToArray();
        await WhenAllFirstErrorAsync(tasks, cancellation);

        return new EngineResult(_shared?.BytesRead ?? _bytesRead, _bytesWritten, _written, _reused, _empty);
    }

    private async Task WorkAsync(RechunkScheduler scheduler, CancellationTokenSource stop)
    {
        try
        {
            using var own = new Streamer(() => new ShardEncoder(
                _type, fill, sink.CreateWriter(), areNumbers, sections is null ? null : new SectionTally(sections, fill)));
            while (plan.Streams && scheduler.NextBox() is { } box)
                await StreamAsync(own, box, stop.Token);
            while (!plan.Streams && await scheduler.NextAsync(stop.Token) is { } work)
            {
                if (work.Piece is { } piece)
                {
                    await ReadAsync(work.Box, piece, stop.Token);
                    scheduler.PieceRead(work.Box);
                    continue;
                }

                var valid = levels[0].ValidPart(work.Part);
                await FinishAsync(own.Coarse, 0, work.Part, new VoxelView(work.Box.Buffer.Memory, work.Box.Voxels, valid, _size), stop.Token);
                Advance(valid.Volume);
                scheduler.PartDone(work.Box);
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
        var offset = (piece.Origin[0] - box.Voxels.Origin[0]) * box.Voxels.Shape[1] * box.Voxels.Shape[2] * _size;
        var bytes = piece.Volume * _size;
        var target = box.Buffer.Memory.Slice((int)offset, (int)bytes);
        var sourceBox = new Box(piece.Origin + plan.Region.Origin, piece.Shape);
        if (_shared is not null)
            await _shared.ReadAsync(sourceBox, target, cancellation);
        else
            await source.ReadAsync(sourceBox, target, cancellation);
        Interlocked.Add(ref _bytesRead, bytes);
    }

    /// <summary>Takes the parts of a box through in one go: reads one unit across all of them, encodes it while it is in the cache, and so on.</summary>
    private async ValueTask StreamAsync(Streamer own, WorkBox box, CancellationToken cancellation)
    {
        var (level, parts) = (levels[0], box.Parts);
        var valid = parts.Select(level.ValidPart).ToArray();
        var shards = parts.Select(part => _shards.Of(level, part)).ToArray();
        var above = new Pyramid.Part?[parts.Count];
        for (var i = 0; i < parts.Count; i++)
        {
            own.Encoder(i).Begin(shards[i], parts[i]);
            above[i] = await _pyramid.FindAboveAsync(0, parts[i], cancellation);
        }

        // Parts lie side by side along x; what earlier runs finished at the ends is not read.
        var span = Box.FromEnds(valid[0].Origin, valid[^1].End);
        for (var z = 0L; z < span.Shape[0]; z += plan.Unit[0])
        {
            for (var y = 0L; y < span.Shape[1]; y += plan.Unit[1])
            {
                var unit = new Box(span.Origin + new NdIndex(z, y, 0), plan.Unit).Intersect(span);
                var voxels = own.Unit((int)(unit.Volume * _size));
                await source.ReadAsync(unit with { Origin = unit.Origin + plan.Region.Origin }, voxels, cancellation);
                Interlocked.Add(ref _bytesRead, voxels.Length);
                for (var i = 0; i < parts.Count; i++)
                {
                    var view = new VoxelView(voxels, unit, unit.Intersect(valid[i]), _size);
                    own.Encoder(i).AddRows(view, new NdIndex(z, y, 0), areCached: true);
                    if (above[i] is { } part)
                        _pyramid.Fold(part, view);
                }
            }
        }

        for (var i = 0; i < parts.Count; i++)
        {
            await ClimbAsync(own.Coarse, shards[i], own.Encoder(i).End(), above[i], cancellation);
            Advance(valid[i].Volume);
        }
    }

    /// <summary>Writes a part, and those above it that it completes.</summary>
    private async ValueTask FinishAsync(ShardEncoder encoder, int level, NdIndex part, VoxelView voxels, CancellationToken cancellation)
    {
        var shard = _shards.Of(levels[level], part);
        var encoded = encoder.Encode(shard, part, voxels);
        var above = await _pyramid.FindAboveAsync(level, part, cancellation);
        if (above is not null && encoded.Any)
            _pyramid.Fold(above, voxels);
        await ClimbAsync(encoder, shard, encoded, above, cancellation);
    }

    /// <summary>Takes note of an encoded part whose voxels are in the one above it, and writes that one if it is now complete.</summary>
    private async ValueTask ClimbAsync(ShardEncoder encoder, OpenShard shard, EncodedPart part, Pyramid.Part? above, CancellationToken cancellation)
    {
        if (shard.Complete(part))
        {
            var (stored, checksum) = shard.Any ? sink.Close(shard.Level.Level, shard.Position) : (0, 0);
            _shards.Close(shard);
            Interlocked.Increment(ref shard.Any ? ref _written : ref _empty);
            Interlocked.Add(ref _bytesWritten, stored);
            await sink.RecordAsync(shard.Describe(stored, checksum), cancellation);
        }

        if (above is null || !above.Complete())
            return;
        await FinishAsync(encoder, above.Level, above.Position, new VoxelView(above.Buffer.Memory, above.Valid, above.Valid, _size), cancellation);
        _pyramid.Return(above);
    }

    /// <summary>Counts what earlier runs finished, and makes coarser parts that they did not get to although all they are made from was finished.</summary>
    private async Task TakeUpAsync(CancellationToken cancellation)
    {
        using var encoder = new ShardEncoder(_type, fill, sink.CreateWriter(), areNumbers);
        foreach (var level in levels)
        {
            foreach (var position in _portion.Shards(level.Level).CellsTouched(NdIndex.Filled(3, 1)))
            {
                cancellation.ThrowIfCancellationRequested();
                if (Reuse(sink.Find(level.Level, position)))
                {
                    _voxelsDone += level.Level == 0 ? level.Valid(position).Volume : 0;
                    continue;
                }

                foreach (var part in level.Level == 0 ? [] : level.PartsOf(position))
                {
                    if (await _pyramid.RebuildAsync(level.Level, part, cancellation) is not { } rebuilt)
                        continue;
                    await FinishAsync(
                        encoder, level.Level, part, new VoxelView(rebuilt.Buffer.Memory, rebuilt.Valid, rebuilt.Valid, _size), cancellation);
                    _pyramid.Return(rebuilt);
                }
            }
        }
    }

    /// <summary>The boxes with a part still to be written, made one by one as they are asked for.</summary>
    private IEnumerable<WorkBox> Remaining()
    {
        var finest = levels[0];
        foreach (var position in plan.Boxes(_portion.Voxels))
        {
            var box = plan.BoxAt(position).Intersect(_portion.Voxels);
            var parts = box.CellsTouched(finest.Part).Where(part => sink.Find(0, finest.ShardOf(part)) == ShardState.Missing).ToArray();
            if (parts.Length > 0)
                yield return new WorkBox(box, parts);
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
        progress?.Report(new RechunkProgress(done, _portion.Voxels.Volume, Interlocked.Read(ref _bytesWritten)));
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
