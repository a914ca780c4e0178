using System.Buffers;
using System.Collections.Concurrent;

namespace EmPipeline.Volumes.Rechunk;

/// <summary>
/// For regions that do not lie on the source's own grid (a crop at any origin of 64³ blocks): reads whole blocks, clipped to the region, and
/// keeps those that another box needs until the last of them has had it. Bounded: beyond the limit the oldest are given up and read again.
/// Safe for concurrent use.
/// </summary>
internal sealed class SharedBlocks(IVolumeReader source, RechunkPlan plan)
{
    /// <summary>The read ratio from which on keeping blocks pays for copying them.</summary>
    internal const double WorthIt = 1.02;

    private const long MaxBytes = 160L << 20;
    private readonly ConcurrentDictionary<NdIndex, Held> _held = new();
    private readonly ConcurrentQueue<NdIndex> _order = new();
    private readonly int _elementSize = source.Info.Type.Size();
    private long _bytesHeld;
    private long _bytesRead;

    /// <summary>Decoded bytes asked of the source.</summary>
    public long BytesRead => Interlocked.Read(ref _bytesRead);

    /// <param name="box">In the source's voxels, inside the region.</param>
    public async ValueTask ReadAsync(Box box, Memory<byte> target, CancellationToken cancellation)
    {
        foreach (var cell in box.CellsTouched(plan.Grain))
        {
            var block = new Box(cell * plan.Grain, plan.Grain).Intersect(plan.Region);
            var uses = Uses(block);
            if (uses == 1)
            {
                var bytes = await LoadAsync(block, cancellation);
                StridedCopy.Copy(bytes.AsSpan(0, Bytes(block)), block, target.Span, box, _elementSize);
                ArrayPool<byte>.Shared.Return(bytes);
                continue;
            }

            var held = _held.GetOrAdd(cell, _ => new Held(() => LoadAsync(block, cancellation).AsTask(), uses));
            if (held.Claim())
            {
                _order.Enqueue(cell);
                Interlocked.Add(ref _bytesHeld, Bytes(block));
            }

            var shared = await held.Bytes;
            StridedCopy.Copy(shared.AsSpan(0, Bytes(block)), block, target.Span, box, _elementSize);
            if (held.Release() && _held.TryRemove(new KeyValuePair<NdIndex, Held>(cell, held)))
            {
                Interlocked.Add(ref _bytesHeld, -Bytes(block));
                ArrayPool<byte>.Shared.Return(shared);
            }

            while (Interlocked.Read(ref _bytesHeld) > MaxBytes && _order.TryDequeue(out var oldest))
            {
                // Not returned to the pool: someone may still be copying from it.
                if (_held.TryRemove(oldest, out var dropped))
                    Interlocked.Add(ref _bytesHeld, -Bytes(new Box(oldest * plan.Grain, plan.Grain).Intersect(plan.Region)));
            }
        }
    }

    private async ValueTask<byte[]> LoadAsync(Box block, CancellationToken cancellation)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(Bytes(block));
        await source.ReadAsync(block, bytes.AsMemory(0, Bytes(block)), cancellation);
        Interlocked.Add(ref _bytesRead, Bytes(block));
        return bytes;
    }

    private int Bytes(Box block) => checked((int)(block.Volume * _elementSize));

    /// <summary>How many pieces read this block; pieces never cut a block along z inside a box.</summary>
    private int Uses(Box block)
    {
        var boxes = block.RelativeTo(plan.Region.Origin).CellsTouched(plan.BoxShape);
        return boxes.Count();
    }

    private sealed class Held(Func<Task<byte[]>> load, int uses)
    {
        private readonly Lazy<Task<byte[]>> _bytes = new(load);
        private int _left = uses;
        private int _claimed;

        public Task<byte[]> Bytes => _bytes.Value;

        public bool Claim() => Interlocked.Exchange(ref _claimed, 1) == 0;

        public bool Release() => Interlocked.Decrement(ref _left) == 0;
    }
}
