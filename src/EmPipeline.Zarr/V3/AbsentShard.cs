using EmPipeline.Volumes;

namespace EmPipeline.Zarr.V3;

/// <summary>A shard, or chunk, that is not there: fill values, unless it is known that there was one.</summary>
internal static class AbsentShard
{
    /// <param name="path">Where it would be.</param>
    /// <param name="position">In the array's grid of shards.</param>
    /// <param name="expected">As for <see cref="ZarrVolumes.OpenAsync(VolumePath, Func{NdIndex, bool}, CancellationToken)"/>.</param>
    /// <exception cref="EmException">It should be there.</exception>
    public static void Check(VolumePath path, NdIndex position, Func<NdIndex, bool>? expected)
    {
        if (expected?.Invoke(position) == true)
            throw EmException.Corrupt(path.ToString(), "got no such shard, expected one, since it was written. Fetch it again, or make it again: ./build.sh Rechunk makes what is missing.");
    }
}
