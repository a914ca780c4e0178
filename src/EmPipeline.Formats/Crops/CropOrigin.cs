using EmPipeline.Volumes;

namespace EmPipeline.Formats.Crops;

/// <summary>
/// Where a seeded random crop may lie. Candidate n takes the next numbers of one <see cref="SplitMix64"/> for its z, its y, then its x,
/// each from all origins that keep the crop inside the volume. A pure function of its arguments.
/// </summary>
public static class CropOrigin
{
    /// <summary>The crop as far as the volume reaches: an axis on which the volume is smaller is taken whole.</summary>
    public static NdIndex Clip(NdIndex crop, NdIndex volume) => NdIndex.Min(crop, volume);

    /// <summary>Candidate boxes without end, in the order in which they are to be tried.</summary>
    /// <param name="volume">Voxels, z, y, x.</param>
    /// <param name="crop">At most as large as the volume on every axis.</param>
    public static IEnumerable<Box> Candidates(ulong seed, NdIndex volume, NdIndex crop)
    {
        for (var axis = 0; axis < volume.Rank; axis++)
            ArgumentOutOfRangeException.ThrowIfGreaterThan(crop[axis], volume[axis], nameof(crop));
        return Draw(seed, volume, crop);
    }

    private static IEnumerable<Box> Draw(ulong seed, NdIndex volume, NdIndex crop)
    {
        var random = new SplitMix64(seed);
        while (true)
        {
            var origin = volume;
            for (var axis = 0; axis < volume.Rank; axis++)
                origin[axis] = random.Below(volume[axis] - crop[axis] + 1);
            yield return new Box(origin, crop);
        }
    }
}
