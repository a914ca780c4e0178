using System.Buffers;
using EmPipeline.Volumes;

namespace EmPipeline.Formats;

/// <summary>
/// A reader of an array that is stored in chunks on a regular grid: a format says how one chunk is decoded, this class reads boxes.
/// Chunks are decoded into pooled buffers and copied; a chunk that fills the box exactly is decoded straight into the caller's buffer.
/// </summary>
public abstract class ChunkedReader(VolumeInfo info) : IVolumeReader
{
    public VolumeInfo Info { get; } = info;

    /// <summary>The bytes of one voxel of an absent chunk; zeros unless the format states otherwise.</summary>
    protected virtual ReadOnlyMemory<byte> FillValue { get; } = new byte[info.Type.Size()];

    /// <summary>The shape of every chunk as it is decoded: <see cref="VolumeInfo.Grain"/>, unless the format clips chunks at the edge.</summary>
    protected virtual NdIndex DecodedShape(NdIndex chunk) => Info.Grain;

    /// <summary>
    /// Decodes the chunk at grid position <paramref name="chunk"/> into <paramref name="target"/>, which is exactly as large as
    /// <see cref="DecodedShape"/> asks: C order, little-endian. Called concurrently.
    /// </summary>
    /// <returns>False when the chunk is absent and the format allows that.</returns>
    protected abstract ValueTask<bool> DecodeAsync(NdIndex chunk, Memory<byte> target, CancellationToken cancellation);

    public virtual async ValueTask ReadAsync(Box box, Memory<byte> buffer, CancellationToken cancellation = default)
    {
        VolumeReaderArguments.Check(Info, box, buffer.Length);
        var size = Info.Type.Size();
        foreach (var chunk in box.CellsTouched(Info.Grain))
        {
            cancellation.ThrowIfCancellationRequested();
            var chunkBox = new Box(chunk * Info.Grain, DecodedShape(chunk));
            if (chunkBox == box)
            {
                if (!await DecodeAsync(chunk, buffer, cancellation))
                    StridedCopy.FillSpan(buffer.Span, FillValue.Span);
                continue;
            }

            var length = checked((int)(chunkBox.Volume * size));
            var rented = ArrayPool<byte>.Shared.Rent(length);
            try
            {
                var decoded = rented.AsMemory(0, length);
                if (await DecodeAsync(chunk, decoded, cancellation))
                    StridedCopy.Copy(decoded.Span, chunkBox, buffer.Span, box, size);
                else
                    StridedCopy.Fill(FillValue.Span, chunkBox, buffer.Span, box);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(rented);
            }
        }
    }

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
