using System.Buffers;
using EmPipeline.Volumes;
using EmPipeline.Zarr.Chunks;
using EmPipeline.Zarr.Codecs;

namespace EmPipeline.Zarr.V2;

/// <summary>Reads one array, a chunk an object.</summary>
internal sealed class ZarrV2Reader(VolumePath array, ZarrV2Metadata metadata, ZarrV2Chain chain, VolumeInfo info) : ChunkedReader(info), IObjectsOfBox
{
    protected override ReadOnlyMemory<byte> FillValue { get; } = metadata.Fill;

    public IEnumerable<string> ObjectsOf(Box box)
    {
        foreach (var chunk in box.CellsTouched(Info.Grain))
        {
            yield return array.Child(KeyOf(chunk, metadata.Separator ?? '.'));
            if (metadata.Separator is null && metadata.Shape.Rank > 1)
                yield return array.Child(KeyOf(chunk, '/'));
        }
    }

    protected override async ValueTask<bool> DecodeAsync(NdIndex chunk, ChunkTarget target, CancellationToken cancellation)
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
            return false;
        using (found)
            Decode(found.Bytes, target.Take(found.Bytes.Length, place).Span, place);
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
