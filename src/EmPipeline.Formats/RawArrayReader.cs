using System.Buffers;
using EmPipeline.Volumes;
using EmPipeline.Zarr;
using EmPipeline.Zarr.Codecs;

namespace EmPipeline.Formats;

/// <summary>
/// Reads an array that lies in one file as plain C order, without compression: every box is read straight from the file, one read a
/// run of voxels that are neighbours there. Does not own the store.
/// </summary>
/// <param name="path">The file.</param>
/// <param name="offset">The byte at which the first voxel lies.</param>
/// <param name="swapped">The numbers are big-endian in the file.</param>
public sealed class RawArrayReader(VolumePath path, long offset, VolumeInfo info, bool swapped) : IVolumeReader
{
    // Bytes between two runs are read along when they are few beside the run itself: one read more costs more than those bytes.
    private const int RunsPerGap = 16;

    public VolumeInfo Info { get; } = info;

    /// <summary>The same voxels, described in other words of the same shape and type.</summary>
    public RawArrayReader As(VolumeInfo description) => new(path, offset, description, swapped);

    /// <summary>The grain of a plain array: a row. Nothing is decoded, so any part of a row can be read without the rest.</summary>
    public static NdIndex RowOf(NdIndex shape)
    {
        var row = NdIndex.Filled(shape.Rank, 1);
        if (shape.Rank > 0)
            row[shape.Rank - 1] = shape[shape.Rank - 1];
        return row;
    }

    /// <summary>What one read of about a megabyte fetches: whole rows, as many as fit.</summary>
    public static NdIndex AdviceOf(NdIndex shape, VoxelType type)
    {
        const long Preferred = 1 << 20;
        var advice = NdIndex.Filled(shape.Rank, 1);
        var bytes = (long)type.Size();
        for (var axis = shape.Rank - 1; axis >= 0 && bytes < Preferred; axis--)
        {
            var most = axis == shape.Rank - 1 ? shape[axis] : Math.Min(shape[axis], Preferred / bytes);
            advice[axis] = Math.Max(1, most);
            bytes *= advice[axis];
            if (advice[axis] < shape[axis])
                break;
        }

        return advice;
    }

    /// <summary>Throws unless a file of this length holds the whole array.</summary>
    /// <exception cref="EmException">The file is too short for what its header claims.</exception>
    public static void CheckFits(VolumePath path, long offset, NdIndex shape, VoxelType type, long fileLength)
    {
        var room = fileLength - offset;
        var bytes = (long)type.Size();
        for (var axis = 0; axis < shape.Rank; axis++)
        {
            if (shape[axis] <= 0)
                throw EmException.Corrupt(path.ToString(), $"got shape {shape}, expected at least one voxel on every axis.");
            bytes = bytes > room / shape[axis] ? long.MaxValue : bytes * shape[axis];
            if (bytes == long.MaxValue || bytes > room)
            {
                throw EmException.Corrupt(
                    path.ToString(),
                    $"got {Math.Max(0, room)} bytes of voxels from byte {offset} on, expected {shape} of {type.Name()}. The file is cut off or its header is wrong.");
            }
        }
    }

    public async ValueTask ReadAsync(Box box, Memory<byte> buffer, CancellationToken cancellation = default)
    {
        VolumeReaderArguments.Check(Info, box, buffer.Length);
        cancellation.ThrowIfCancellationRequested();
        if (box.IsEmpty)
            return;
        var size = Info.Type.Size();
        var strides = NdIndex.Filled(box.Rank, size);
        for (var axis = box.Rank - 2; axis >= 0; axis--)
            strides[axis] = strides[axis + 1] * Info.Shape[axis + 1];
        var from = offset;
        for (var axis = 0; axis < box.Rank; axis++)
            from += box.Origin[axis] * strides[axis];

        // The axes that are contiguous in the file fold into one run.
        var (run, outer) = ((long)size, box.Rank);
        while (outer > 0)
        {
            outer--;
            run *= box.Shape[outer];
            if (box.Shape[outer] != Info.Shape[outer])
                break;
        }

        await ReadRunsAsync(box.Shape, strides, outer, from, (int)run, buffer, cancellation);
        if (swapped)
            ByteOrder.Reverse(buffer.Span, size);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async ValueTask ReadRunsAsync(
        NdIndex shape, NdIndex strides, int outer, long from, int run, Memory<byte> buffer, CancellationToken cancellation)
    {
        var position = NdIndex.Filled(shape.Rank, 0);
        var joined = outer > 0 && (strides[outer - 1] - run) * RunsPerGap <= run;
        for (var to = 0; to < buffer.Length;)
        {
            cancellation.ThrowIfCancellationRequested();
            var axis = outer - 1;
            if (joined)
            {
                await ReadJoinedAsync(from, run, strides[axis], (int)shape[axis], buffer[to..], cancellation);
                to += run * (int)shape[axis];
                axis--;
            }
            else
            {
                await ReadBytesAsync(from, buffer.Slice(to, run), cancellation);
                to += run;
            }

            for (; axis >= 0; axis--)
            {
                from += strides[axis];
                if (++position[axis] < shape[axis])
                    break;
                from -= strides[axis] * shape[axis];
                position[axis] = 0;
            }
        }
    }

    /// <summary>Reads runs with small gaps between them as one, in parts, and moves them together.</summary>
    private async ValueTask ReadJoinedAsync(long from, int run, long stride, int count, Memory<byte> target, CancellationToken cancellation)
    {
        const int PartBytes = 1 << 20;
        var runsAPart = (int)Math.Clamp(PartBytes / stride, 1, count);
        var part = ArrayPool<byte>.Shared.Rent(checked((int)((runsAPart - 1) * stride) + run));
        try
        {
            for (var done = 0; done < count; done += runsAPart)
            {
                cancellation.ThrowIfCancellationRequested();
                var runs = Math.Min(runsAPart, count - done);
                var bytes = (int)((runs - 1) * stride) + run;
                await ReadBytesAsync(from + (done * stride), part.AsMemory(0, bytes), cancellation);
                for (var i = 0; i < runs; i++)
                    part.AsSpan((int)(i * stride), run).CopyTo(target.Span[((done + i) * run)..]);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(part);
        }
    }

    private async ValueTask ReadBytesAsync(long from, Memory<byte> target, CancellationToken cancellation)
    {
        try
        {
            if (!await path.Store.ReadAsync(path.Key, from, target, cancellation))
                throw EmException.Unavailable(path.ToString(), "the file is gone. It was there when it was opened.");
        }
        catch (EndOfStreamException e)
        {
            throw EmException.Corrupt(path.ToString(), $"got the end of the file, expected {target.Length} bytes from byte {from} on.", e);
        }
    }
}
