using System.Buffers;
using EmPipeline.Volumes;
using EmPipeline.Zarr.Codecs;

namespace EmPipeline.Formats.Tiff;

/// <summary>
/// Collects the byte runs of one read and joins those that follow one another both in the file and in the buffer, so that four-row strips,
/// or whole pages, become one large read. Not safe for concurrent use: one for each read.
/// </summary>
internal sealed class TiffRuns(Memory<byte> buffer)
{
    // Rows of which at least this share is needed are read with the gaps between them (reads stay under 1.1 times what is needed).
    private const double WorthReadingWhole = 1 / 1.1;
    private const int StepBytes = 4 << 20;

    private TiffFile? _file;
    private long _fileOffset;
    private int _bufferOffset;
    private int _length;
    private int _size;

    public Memory<byte> Buffer { get; } = buffer;

    /// <summary>Adds rows of <paramref name="rowBytes"/>, made of numbers of <paramref name="size"/> bytes.</summary>
    public async ValueTask AddAsync(TiffRows rows, int rowBytes, int size, CancellationToken cancellation)
    {
        if (rowBytes == rows.FilePitch && rowBytes == rows.BufferPitch)
        {
            await AddRunAsync(rows.File, rows.FileOffset, rows.BufferOffset, rows.Count * rowBytes, size, cancellation);
        }
        else if (rows.Count > 1 && rowBytes >= rows.FilePitch * WorthReadingWhole)
        {
            await FlushAsync(cancellation);
            await ReadWithGapsAsync(rows, rowBytes, size, cancellation);
        }
        else
        {
            for (var row = 0; row < rows.Count; row++)
            {
                cancellation.ThrowIfCancellationRequested();
                await AddRunAsync(
                    rows.File, rows.FileOffset + (row * rows.FilePitch), rows.BufferOffset + (row * rows.BufferPitch), rowBytes, size, cancellation);
            }
        }
    }

    /// <summary>Adds rows of pixels of which the box asks only for some of the samples: each row is read whole and picked from.</summary>
    public async ValueTask AddPickedAsync(TiffRows rows, Box common, Box pixels, int samples, int size, CancellationToken cancellation)
    {
        await FlushAsync(cancellation);
        var length = checked((int)(common.Shape[1] * samples * size));
        using var rented = MemoryPool<byte>.Shared.Rent(length);
        var row = rented.Memory[..length];
        var planeBytes = (int)(pixels.Volume * size);
        // rows.BufferOffset points at the first picked voxel; the plane starts before it.
        var plane = rows.BufferOffset - (int)((((common.Origin[0] - pixels.Origin[0]) * pixels.Shape[1]) + common.Origin[1] - pixels.Origin[1]) * pixels.Shape[2] * size);
        for (var i = 0; i < rows.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            await rows.File.ReadAsync(rows.FileOffset + (i * rows.FilePitch), row, cancellation);
            Swap(rows.File, row.Span, size);
            var stored = new Box(new NdIndex(common.Origin[0] + i, common.Origin[1], 0), new NdIndex(1, common.Shape[1], samples));
            StridedCopy.Copy(row.Span, stored, Buffer.Span.Slice(plane, planeBytes), pixels, size);
        }
    }

    /// <summary>Reads what is collected.</summary>
    public async ValueTask FlushAsync(CancellationToken cancellation)
    {
        if (_file is not { } file)
            return;
        _file = null;
        var target = Buffer.Slice(_bufferOffset, _length);
        await file.ReadAsync(_fileOffset, target, cancellation);
        Swap(file, target.Span, _size);
    }

    private async ValueTask AddRunAsync(TiffFile file, long fileOffset, int bufferOffset, int length, int size, CancellationToken cancellation)
    {
        if (ReferenceEquals(file, _file) && fileOffset == _fileOffset + _length && bufferOffset == _bufferOffset + _length)
        {
            _length += length;
            return;
        }

        await FlushAsync(cancellation);
        (_file, _fileOffset, _bufferOffset, _length, _size) = (file, fileOffset, bufferOffset, length, size);
    }

    private async ValueTask ReadWithGapsAsync(TiffRows rows, int rowBytes, int size, CancellationToken cancellation)
    {
        var step = (int)Math.Clamp(StepBytes / rows.FilePitch, 1, rows.Count);
        using var rented = MemoryPool<byte>.Shared.Rent(checked((int)(step * rows.FilePitch)));
        for (var first = 0; first < rows.Count; first += step)
        {
            cancellation.ThrowIfCancellationRequested();
            var count = Math.Min(step, rows.Count - first);
            // Up to the last needed byte: what follows may lie beyond the end of the file.
            var read = rented.Memory[..(int)(((count - 1) * rows.FilePitch) + rowBytes)];
            await rows.File.ReadAsync(rows.FileOffset + (first * rows.FilePitch), read, cancellation);
            for (var row = 0; row < count; row++)
            {
                var target = Buffer.Slice(rows.BufferOffset + ((first + row) * rows.BufferPitch), rowBytes).Span;
                read.Span.Slice((int)(row * rows.FilePitch), rowBytes).CopyTo(target);
                Swap(rows.File, target, size);
            }
        }
    }

    private static void Swap(TiffFile file, Span<byte> numbers, int size)
    {
        if (file.Header.BigEndian)
            ByteOrder.Reverse(numbers, size);
    }
}
