using System.Buffers;
using EmPipeline.Volumes;
using EmPipeline.Zarr;
using EmPipeline.Zarr.Chunks;
using EmPipeline.Zarr.Codecs;

namespace EmPipeline.Formats.N5;

/// <summary>Reads one dataset, a block a file. A block that is not there is zeros.</summary>
/// <param name="codec">Null for blocks that are stored as they are.</param>
internal sealed class N5Reader(VolumePath dataset, IBytesCodec? codec, VolumeInfo info) : ChunkedReader(info), IObjectsOfBox
{
    // What does not shrink grows by less than this in every compression there is.
    private readonly long _maxBlockLength = checked(((info.Grain.Volume * info.Type.Size()) * 9 / 8) + 8192);

    /// <summary>Blocks end with the volume, as N5 writes them.</summary>
    protected override NdIndex DecodedShape(NdIndex chunk) => NdIndex.Min(Info.Grain, Info.Shape - (chunk * Info.Grain));

    public IEnumerable<string> ObjectsOf(Box box) => box.CellsTouched(Info.Grain).Select(chunk => dataset.Child(KeyOf(chunk)));

    protected override async ValueTask<bool> DecodeAsync(NdIndex chunk, ChunkTarget target, CancellationToken cancellation)
    {
        var place = dataset.Below(KeyOf(chunk));
        if (await PooledObject.ReadAsync(place, _maxBlockLength, cancellation) is not { } stored)
            return false;
        using (stored)
            Decode(stored.Bytes, target.Take(stored.Bytes.Length, place).Span, DecodedShape(chunk), place);
        return true;
    }

    private static string KeyOf(NdIndex chunk) => string.Join('/', N5Metadata.Reversed(chunk).ToArray());

    private void Decode(ReadOnlySpan<byte> block, Span<byte> target, NdIndex expected, VolumePath place)
    {
        var header = N5BlockHeader.Read(block, Info.Grain, place);
        var payload = block[header.Length..];
        if (header.Shape == expected)
        {
            DecodePayload(payload, target, place);
            return;
        }

        // Some writers give edge blocks their full size, some write less than the block where the rest is zeros.
        var length = (int)(header.Shape.Volume * Info.Type.Size());
        ChunkTarget.CheckExpansion(length, payload.Length, place);
        var rented = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            DecodePayload(payload, rented.AsSpan(0, length), place);
            target.Clear();
            StridedCopy.Copy(rented.AsSpan(0, length), Box.Whole(header.Shape), target, Box.Whole(expected), Info.Type.Size());
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private void DecodePayload(ReadOnlySpan<byte> payload, Span<byte> target, VolumePath place)
    {
        if (codec is not null)
            codec.DecodeExactly(payload, target, place);
        else if (payload.Length == target.Length)
            payload.CopyTo(target);
        else
            throw EmException.Corrupt(place.ToString(), $"got {payload.Length} bytes of voxels, expected {target.Length}. Fetch it again.");
        ByteOrder.Reverse(target, Info.Type.Size());
    }
}
