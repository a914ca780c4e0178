using System.Buffers;
using EmPipeline.Volumes;
using EmPipeline.Zarr.Chunks;

namespace EmPipeline.Formats.Tiff;

/// <summary>
/// Reads boxes of a series. Uncompressed strips and tiles are read by row, only where the box needs them, straight into the caller's
/// buffer and in one piece where rows, strips and pages follow one another; others are decoded strip by strip or tile by tile.
/// </summary>
internal sealed class TiffVolumeReader(TiffSeries series, VolumeInfo info) : IVolumeReader
{
    private const long BatchBytes = 4 << 20;

    private const long DecodedBytes = 128 << 20;

    // The strips and tiles last decoded, so that several boxes in one decode it once.
    private readonly BoundedCache<(TiffPage Page, long Segment), byte[]> _decoded = new(DecodedBytes, static bytes => bytes.Length);

    public VolumeInfo Info { get; } = info;

    public async ValueTask ReadAsync(Box box, Memory<byte> buffer, CancellationToken cancellation = default)
    {
        VolumeReaderArguments.Check(Info, box, buffer.Length);
        cancellation.ThrowIfCancellationRequested();
        if (box.IsEmpty)
            return;
        var layout = series.First.Form.Layout;
        var region = TiffRegion.Of(box, series.Shape.Rank, layout);
        var planeBytes = (int)(region.Pixels.Volume * layout.Type!.Value.Size());
        var runs = new TiffRuns(buffer);
        var at = 0;
        foreach (var index in region.Planes(series.Shape))
        {
            cancellation.ThrowIfCancellationRequested();
            var (page, shift) = series.Plane(index);
            for (var plane = region.FirstPlane; plane < region.EndPlane; plane++, at += planeBytes)
            {
                if (page.Form.IsDirect)
                    await ReadDirectAsync(page, plane, shift, region.Pixels, runs, at, cancellation);
                else
                    await DecodeAsync(page, plane, shift, region.Pixels, buffer.Slice(at, planeBytes), cancellation);
            }
        }

        await runs.FlushAsync(cancellation);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static async ValueTask ReadDirectAsync(
        TiffPage page, int plane, long shift, Box pixels, TiffRuns runs, int at, CancellationToken cancellation)
    {
        var size = page.Form.Layout.Type!.Value.Size();
        var segments = await page.SegmentsAsync(cancellation);
        var samples = page.Form.Layout.SamplesPerPlane;
        var pitch = (int)(pixels.Shape[1] * pixels.Shape[2] * size);
        if (segments.AreContiguous && !page.Form.IsTiled)
        {
            // One run of rows, however many strips they are cut into.
            var start = shift + segments[(long)plane * page.Form.SegmentsDown].Offset
                + (pixels.Origin[0] * page.Form.SegmentRowBytes) + (pixels.Origin[1] * samples * size);
            await AddAsync(runs, new TiffRows(page.File, start, page.Form.SegmentRowBytes, at, pitch, (int)pixels.Shape[0]), pixels, pixels, samples, size, cancellation);
            return;
        }

        foreach (var (segment, stored, _) in TiffGrid.Touched(page, plane, pixels))
        {
            var common = stored.Intersect(pixels);
            var (offset, length) = segments[segment];
            if (length == 0)
            {
                await runs.FlushAsync(cancellation);
                StridedCopy.Fill(page.Form.FillValue, common, runs.Buffer.Span.Slice(at, (int)(pixels.Volume * size)), pixels);
                continue;
            }

            var from = common.RelativeTo(stored.Origin);
            var rows = new TiffRows(
                page.File,
                FileOffset: shift + offset + (((from.Origin[0] * page.Form.SegmentWidth) + from.Origin[1]) * samples * size),
                FilePitch: page.Form.SegmentRowBytes,
                BufferOffset: at + (int)(StartOf(common, pixels) * size),
                BufferPitch: pitch,
                Count: (int)common.Shape[0]);
            await AddAsync(runs, rows, common, pixels, samples, size, cancellation);
        }
    }

    private static ValueTask AddAsync(TiffRuns runs, TiffRows rows, Box common, Box pixels, int samples, int size, CancellationToken cancellation) =>
        pixels.Shape[2] == samples
            ? runs.AddAsync(rows, (int)(common.Shape[1] * samples * size), size, cancellation)
            : runs.AddPickedAsync(rows, common, pixels, samples, size, cancellation);

    /// <summary>The position of a box's first voxel in a buffer that holds <paramref name="whole"/>, in voxels.</summary>
    private static long StartOf(Box part, Box whole)
    {
        var from = part.RelativeTo(whole.Origin).Origin;
        return (((from[0] * whole.Shape[1]) + from[1]) * whole.Shape[2]) + from[2];
    }

    private async ValueTask DecodeAsync(TiffPage page, int plane, long shift, Box pixels, Memory<byte> target, CancellationToken cancellation)
    {
        foreach (var (segment, stored, valid) in TiffGrid.Touched(page, plane, pixels))
        {
            cancellation.ThrowIfCancellationRequested();
            if (page.Form.Compression == TiffCompression.None)
            {
                await UnpackRowsAsync(page, segment, shift, stored, pixels, target, cancellation);
                continue;
            }

            var size = page.Form.Layout.Type!.Value.Size();
            if ((await page.SegmentsAsync(cancellation))[segment].Length == 0)
            {
                StridedCopy.Fill(page.Form.FillValue, stored.Intersect(pixels), target.Span, pixels);
                continue;
            }

            var length = checked((int)(stored.Volume * size));
            ValueTask IntoAsync(Memory<byte> into, CancellationToken token) =>
                TiffSegmentDecoder.DecodeAsync(page, segment, shift, 0, (int)stored.Shape[0], into, token);

            await TiffSegmentDecoder.CheckPossibleAsync(page, segment, (int)stored.Shape[0], cancellation);
            if (stored == pixels)
            {
                await IntoAsync(target, cancellation);
            }
            else if (pixels.Contains(valid))
            {
                // All of it is used now, so it need not be kept.
                using var rented = MemoryPool<byte>.Shared.Rent(length);
                await IntoAsync(rented.Memory[..length], cancellation);
                StridedCopy.Copy(rented.Memory.Span[..length], stored, target.Span, pixels, size);
            }
            else
            {
                var decoded = await _decoded.GetAsync((page, segment), (_, token) => WholeAsync(length, IntoAsync, token), cancellation);
                StridedCopy.Copy(decoded, stored, target.Span, pixels, size);
            }
        }
    }

    /// <summary>Rows of packed numbers without compression are read by themselves, some at a time: a strip may be a whole huge page.</summary>
    private static async ValueTask UnpackRowsAsync(
        TiffPage page, long segment, long shift, Box stored, Box pixels, Memory<byte> target, CancellationToken cancellation)
    {
        var (common, size) = (stored.Intersect(pixels), page.Form.Layout.Type!.Value.Size());
        var rowBytes = stored.Shape[1] * stored.Shape[2] * size;
        var batch = Math.Clamp(BatchBytes / rowBytes, 1, common.Shape[0]);
        using var rented = MemoryPool<byte>.Shared.Rent(checked((int)(batch * rowBytes)));
        for (var first = common.Origin[0]; first < common.End[0]; first += batch)
        {
            cancellation.ThrowIfCancellationRequested();
            var count = (int)Math.Min(batch, common.End[0] - first);
            var rows = new Box(new NdIndex(first, stored.Origin[1], 0), new NdIndex(count, stored.Shape[1], stored.Shape[2]));
            var unpacked = rented.Memory[..(int)(count * rowBytes)];
            await TiffSegmentDecoder.DecodeAsync(page, segment, shift, (int)(first - stored.Origin[0]), count, unpacked, cancellation);
            StridedCopy.Copy(unpacked.Span, rows, target.Span, pixels, size);
        }
    }

    private static async Task<byte[]> WholeAsync(int length, Func<Memory<byte>, CancellationToken, ValueTask> decode, CancellationToken cancellation)
    {
        var bytes = GC.AllocateUninitializedArray<byte>(length);
        await decode(bytes, cancellation);
        return bytes;
    }
}
