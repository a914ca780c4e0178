using EmPipeline.Volumes;
using EmPipeline.Zarr.Chunks;

namespace EmPipeline.Zarr.V3;

/// <summary>Reads an array whose chunks are objects of their own, or shards that can only be decoded whole.</summary>
/// <param name="expected">As for <see cref="ZarrVolumes.OpenAsync(VolumePath, Func{NdIndex, bool}, CancellationToken)"/>.</param>
internal sealed class ChunkArrayReader(VolumeInfo info, ArrayMetadata metadata, VolumePath folder, Func<NdIndex, bool>? expected) : ChunkedReader(info), IObjectsOfBox
{
    protected override ReadOnlyMemory<byte> FillValue => metadata.Fill;

    public IEnumerable<string> ObjectsOf(Box box) => box.CellsTouched(metadata.Chunk).Select(chunk => folder.Child(metadata.Keys.Of(chunk)));

    protected override async ValueTask<bool> DecodeAsync(NdIndex chunk, ChunkTarget target, CancellationToken cancellation)
    {
        var path = folder.Below(metadata.Keys.Of(chunk));
        if (await PooledObject.ReadAsync(path, Array.MaxLength, cancellation) is not { } stored)
        {
            AbsentShard.Check(path, chunk, expected);
            return false;
        }

        using (stored)
        {
            try
            {
                metadata.Codecs.Decode(stored.Bytes, target.Take(stored.Bytes.Length, path).Span);
                return true;
            }
            catch (InvalidDataException e)
            {
                throw EmException.Corrupt(path.ToString(), $"{e.Message} Fetch it again.", e);
            }
            catch (NotSupportedException e)
            {
                throw EmException.Unsupported(path.ToString(), e.Message);
            }
        }
    }
}
