using EmPipeline.Volumes;

namespace EmPipeline.Zarr.Chunks;

/// <summary>
/// A reader of an array that is stored in chunks on a regular grid: a format says how one chunk is decoded, this class reads boxes.
/// Chunks are decoded into pooled buffers and copied; a chunk that fills the box exactly is decoded straight into the caller's buffer.
/// </summary>
public abstract class ChunkedReader(VolumeInfo info) : IVolumeReader
{
    public VolumeInfo Info { get; } = info;

    /// <summary>
    /// The bytes of one voxel of an absent chunk (for complex numbers, of both parts); zeros unless the format states otherwise.
    /// </summary>
    protected virtual ReadOnlyMemory<byte> FillValue { get; } = new byte[info.Type.Size()];

    /// <summary>The shape of every chunk as it is decoded: <see cref="VolumeInfo.Grain"/>, unless the format clips chunks at the edge.</summary>
    protected virtual NdIndex DecodedShape(NdIndex chunk) => Info.Grain;

    /// <summary>
    /// Fetches the chunk at grid position <paramref name="chunk"/> and decodes it into what <paramref name="target"/> gives, which is
    /// exactly as large as <see cref="DecodedShape"/> asks: C order, little-endian. Called concurrently.
    /// </summary>
    /// <returns>False when the chunk is absent and the format allows that; then nothing was taken from the target.</returns>
    protected abstract ValueTask<bool> DecodeAsync(NdIndex chunk, ChunkTarget target, CancellationToken cancellation);

    public virtual async ValueTask ReadAsync(Box box, Memory<byte> buffer, CancellationToken cancellation = default)
    {
        VolumeReaderArguments.Check(Info, box, buffer.Length);
        var size = Info.Type.Size();
        using var target = new ChunkTarget();
        foreach (var chunk in box.CellsTouched(Info.Grain))
        {
            cancellation.ThrowIfCancellationRequested();
            var chunkBox = new Box(chunk * Info.Grain, DecodedShape(chunk));
            var whole = chunkBox == box;
            if (whole)
                target.Expect(buffer);
            else
                target.Expect(checked(chunkBox.Volume * size));
            if (!await DecodeAsync(chunk, target, cancellation))
                ChunkFill.Fill(FillValue.Span, chunkBox, buffer.Span, box, size);
            else if (!whole)
                StridedCopy.Copy(target.Decoded, chunkBox, buffer.Span, box, size);
        }
    }

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
