using System.Buffers;
using EmPipeline.Formats.Codecs;
using EmPipeline.Volumes;

namespace EmPipeline.Formats.Zarr.V2;

/// <summary>Reads one array, a chunk an object.</summary>
internal sealed class ZarrV2Reader(VolumePath array, ZarrV2Metadata metadata, ZarrV2Chain chain, VolumeInfo info) : ChunkedReader(info)
{
    /// <summary>Zeros for a complex type: its elements are two voxels, so <see cref="DecodeAsync"/> fills its chunks.</summary>
    protected override ReadOnlyMemory<byte> FillValue { get; } = metadata.Type.IsComplex ? new byte[metadata.Type.Type.Size()] : metadata.Fill;

    protected override async ValueTask<bool> DecodeAsync(NdIndex chunk, Memory<byte> target, CancellationToken cancellation)
    {
        var place = array.Below(KeyOf(chunk, metadata.Separator ?? '.'));
        var stored = await PooledObject.ReadAsync(place, chain.MaxEncodedLength, cancellation);
        if (stored is null && metadata.Separator is null && metadata.Shape.Rank > 1)
        {
            // Nested folders were written before the separator had a place in the metadata.
            place = array.Below(KeyOf(chunk, '/'));
            stored = await PooledObject.ReadAsync(place, chain.MaxEncodedLength, cancellation);
        }

        if (stored is not { } found)
        {
            if (!metadata.Type.IsComplex)
                return false;
            StridedCopy.FillSpan(target.Span, metadata.Fill);
            return true;
        }

        using (found)
            Decode(found.Bytes, target.Span, place);
        return true;
    }

    private void Decode(ReadOnlySpan<byte> source, Span<byte> target, VolumePath place)
    {
        if (metadata.IsFortranOrder && metadata.Shape.Rank > 1)
        {
            var rented = ArrayPool<byte>.Shared.Rent(target.Length);
            try
            {
                chain.Decode(source, rented.AsSpan(0, target.Length), place);
                FortranOrder.ToC(rented.AsSpan(0, target.Length), target, metadata.Chunks, metadata.Type.ElementSize);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(rented);
            }
        }
        else
        {
            chain.Decode(source, target, place);
        }

        if (metadata.Type.IsBigEndian)
            ByteOrder.Reverse(target, metadata.Type.Type.Size());
    }

    // A scalar's one chunk is called "0"; the axis of a complex type's two parts has no place in the key.
    private string KeyOf(NdIndex chunk, char separator) =>
        metadata.Shape.Rank == 0 ? "0" : string.Join(separator, chunk.ToArray().AsSpan(0, metadata.Shape.Rank).ToArray());
}
