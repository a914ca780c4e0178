using System.Buffers;
using EmPipeline.Volumes;
using EmPipeline.Zarr;
using EmPipeline.Zarr.Chunks;
using EmPipeline.Zarr.Codecs;

namespace EmPipeline.Formats.Hdf5;

/// <summary>Reads a dataset that is chunked, compact, or not stored yet; what lies one behind the other is for <see cref="RawArrayReader"/>.</summary>
/// <param name="fill">One element, little-endian; or one number of it, where all are the same.</param>
internal sealed class Hdf5Reader(VolumePath path, VolumeInfo info, Hdf5Element element, Hdf5Layout layout, byte[] fill) : ChunkedReader(info)
{
    private readonly Hdf5Layout.Chunked? _chunked = layout as Hdf5Layout.Chunked;

    protected override ReadOnlyMemory<byte> FillValue { get; } = fill;

    // Not clipped: a chunk is stored whole at the edge too, and one chunk may be larger than its dataset.
    protected override NdIndex DecodedShape(NdIndex chunk) => _chunked?.Chunk ?? Info.Grain;

    protected override async ValueTask<bool> DecodeAsync(NdIndex chunk, ChunkTarget target, CancellationToken cancellation)
    {
        if (layout is Hdf5Layout.Compact compact)
        {
            var place = target.Take(compact.Bytes.Length, path);
            if (compact.Bytes.Length < place.Length)
                throw EmException.Corrupt($"{path} {Info.Name}", $"got {compact.Bytes.Length} bytes of voxels, expected {place.Length}.");
            compact.Bytes.Span[..place.Length].CopyTo(place.Span);
            Turn(place.Span);
            return true;
        }

        if (_chunked?.Index is not { } index || await index.FindAsync(chunk, cancellation) is not { } found)
            return false;
        var voxels = target.Take(found.Length, path);
        var mask = _chunked.EdgesAreUnfiltered && ReachesOverEnd(chunk) ? uint.MaxValue : found.Mask;
        try
        {
            await ReadChunkAsync(found.Start, (int)found.Length, mask, voxels, cancellation);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw EmException.Corrupt($"{path} {Info.Name} at byte {found.Start}", $"{e.Message} Fetch it again.", e);
        }
        catch (NotSupportedException e)
        {
            throw EmException.Unsupported($"{path} {Info.Name}", e.Message);
        }

        Turn(voxels.Span);
        return true;
    }

    private async ValueTask ReadChunkAsync(long start, int length, uint mask, Memory<byte> voxels, CancellationToken cancellation)
    {
        if (_chunked!.Filters.IsPassedBy(mask))
        {
            if (length < voxels.Length)
                throw new InvalidDataException($"got a chunk of {length} bytes, expected {voxels.Length}.");
            await ReadAsync(start, voxels, cancellation);
            return;
        }

        var stored = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            await ReadAsync(start, stored.AsMemory(0, length), cancellation);
            _chunked.Filters.Decode(stored.AsSpan(0, length), mask, voxels.Span);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(stored);
        }
    }

    private async ValueTask ReadAsync(long start, Memory<byte> bytes, CancellationToken cancellation)
    {
        if (!await path.Store.ReadAsync(path.Key, start, bytes, cancellation))
            throw EmException.Unavailable(path.ToString(), "got no file where there was one a moment ago. Run again.");
    }

    private bool ReachesOverEnd(NdIndex chunk)
    {
        for (var axis = 0; axis < _chunked!.Rank; axis++)
        {
            if ((chunk[axis] + 1) * _chunked.Chunk[axis] > Info.Shape[axis])
                return true;
        }

        return false;
    }

    private void Turn(Span<byte> numbers)
    {
        if (element.BigEndian)
            ByteOrder.Reverse(numbers, element.Type.Size());
    }
}
