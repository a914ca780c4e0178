using System.Buffers;
using EmPipeline.Volumes;

namespace EmPipeline.Formats.Zarr.V3;

/// <summary>Reads an array whose chunks are objects of their own, or shards that can only be decoded whole.</summary>
internal sealed class ChunkArrayReader(VolumeInfo info, ArrayMetadata metadata, VolumePath folder) : ChunkedReader(info)
{
    protected override ReadOnlyMemory<byte> FillValue => metadata.Fill;

    protected override async ValueTask<bool> DecodeAsync(NdIndex chunk, Memory<byte> target, CancellationToken cancellation)
    {
        var path = folder.Below(metadata.Keys.Of(chunk));
        if (await path.Store.FindAsync(path.Key, cancellation) is not { } found)
            return false;
        var length = found.Length <= int.MaxValue
            ? (int)found.Length
            : throw EmException.Corrupt(path.ToString(), $"got {found.Length} bytes, expected a chunk of {target.Length} bytes, encoded.");
        var rented = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            if (!await path.Store.ReadAsync(path.Key, 0, rented.AsMemory(0, length), cancellation))
                return false;
            metadata.Codecs.Decode(rented.AsSpan(0, length), target.Span);
            return true;
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw EmException.Corrupt(path.ToString(), $"{e.Message} Fetch it again.", e);
        }
        catch (NotSupportedException e)
        {
            throw EmException.Unsupported(path.ToString(), e.Message);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
