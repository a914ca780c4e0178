using EmPipeline.Volumes;
using EmPipeline.Zarr.Codecs;

namespace EmPipeline.Zarr.V3;

/// <summary>
/// Decides what "auto" means: compresses a few inner chunks spread over the region with zstd and takes it when it saves at least a fifth
/// (real EM grey values save a seventh with zstd 1, and decode at an eighth of the speed at which they are copied). Depends on the voxels alone.
/// </summary>
internal static class CodecChoice
{
    private const double LeastSaving = 0.2;
    private const int Places = 3;

    // Sampling reads source bytes that are read again later: at most one in fifty.
    private const int ShareOfSource = 50;

    public static async ValueTask<ShardCodec> MakeAsync(IVolumeReader source, Box region, RechunkOptions options, CancellationToken cancellation)
    {
        var size = source.Info.Type.Size();
        var zstd = new ZstdCodec(options.Codec.Level);
        long plain = 0, encoded = 0;
        var target = new byte[ZstdCodec.MaxEncodedLength(checked((int)(options.Chunk.Volume * size)))];
        foreach (var box in Samples(region, source.Info.Grain, options))
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

    /// <summary>Chunks at a sixth, a half and five sixths of each axis, as many and as thick as the share allows.</summary>
    private static IEnumerable<Box> Samples(Box region, NdIndex grain, RechunkOptions options)
    {
        var shape = NdIndex.Min(options.Chunk, region.Shape);
        // What the source decodes for one sample: whole blocks.
        var perPlane = Math.Max(grain[1], shape[1]) * Math.Max(grain[2], shape[2]);
        var allowed = Math.Max(1, region.Volume / ShareOfSource / Math.Max(1, perPlane));
        var placesAlong = allowed >= Places * Places * Places * shape[0] ? Places : 1;
        shape[0] = Math.Clamp(allowed / (placesAlong * placesAlong * placesAlong), 1, shape[0]);
        for (var z = 0; z < placesAlong; z++)
        {
            for (var y = 0; y < placesAlong; y++)
            {
                for (var x = 0; x < placesAlong; x++)
                {
                    var origin = region.Origin;
                    (origin[0], origin[1], origin[2]) = (origin[0] + At(0, z), origin[1] + At(1, y), origin[2] + At(2, x));
                    yield return new Box(origin, shape);
                }
            }
        }

        long At(int axis, int place) => (region.Shape[axis] - shape[axis]) * ((2 * place) + 1) / (2 * placesAlong);
    }
}
