using EmPipeline.Volumes;
using EmPipeline.Zarr.Codecs;

namespace EmPipeline.Zarr.V3;

/// <summary>
/// Decides what "auto" means: compresses a few of the inner chunks that will be written with zstd and takes it when it saves at least a fifth
/// (real EM grey values save a seventh with zstd 1, and decode at an eighth of the speed at which they are copied). Depends on the voxels and
/// the options alone: the same volume comes to the same in whatever format it is stored.
/// </summary>
internal static class CodecChoice
{
    private const double LeastSaving = 0.2;
    private const int MostPlaces = 3;

    // Sampling reads what is read again later. Where that costs most, whole planes are decoded for a part of one: one voxel in fifty then, or what is read in no time.
    private const int ShareOfSource = 50;
    private const long AlwaysAffordable = 4 << 20;

    public static async ValueTask<ShardCodec> MakeAsync(IVolumeReader source, Box region, RechunkOptions options, CancellationToken cancellation)
    {
        var size = source.Info.Type.Size();
        var zstd = new ZstdCodec(options.Codec.Level);
        long plain = 0, encoded = 0;
        var target = new byte[ZstdCodec.MaxEncodedLength(checked((int)(options.Chunk.Volume * size)))];
        foreach (var box in Samples(region, options.Chunk))
        {
            var voxels = new byte[box.Volume * size];
            await source.ReadAsync(box, voxels, cancellation);
            // A chunk that is all fill is not stored by either codec.
            if (!voxels.AsSpan().ContainsAnyExcept((byte)0))
                continue;
            plain += voxels.Length;
            encoded += zstd.Encode(voxels, target);
        }

        return plain > 0 && encoded <= plain * (1 - LeastSaving) ? ShardCodec.Zstd(options.Codec.Level) : ShardCodec.Raw;
    }

    /// <summary>Chunks spread evenly over the region, up to three along y and x; along z as many, and as thick, as the share of planes allows.</summary>
    private static IEnumerable<Box> Samples(Box region, NdIndex chunk)
    {
        var planes = Math.Max(1, Math.Max(region.Volume / ShareOfSource, AlwaysAffordable) / (region.Shape[1] * region.Shape[2]));
        var chunks = NdIndex.CeilingDivide(region.Shape, chunk);
        var places = NdIndex.Min(chunks, new NdIndex(Math.Clamp(planes / chunk[0], 1, MostPlaces), MostPlaces, MostPlaces));
        foreach (var z in Along(0))
        {
            foreach (var y in Along(1))
            {
                foreach (var x in Along(2))
                {
                    var origin = new NdIndex(z, y, x) * chunk;
                    var shape = NdIndex.Min(chunk, region.Shape - origin);
                    shape[0] = Math.Min(shape[0], planes);
                    yield return new Box(region.Origin + origin, shape);
                }
            }
        }

        // The middles of as many equal parts.
        IEnumerable<long> Along(int axis)
        {
            for (var place = 0L; place < places[axis]; place++)
                yield return ((2 * place) + 1) * chunks[axis] / (2 * places[axis]);
        }
    }
}
