using System.Numerics;
using EmPipeline.Volumes;

namespace EmPipeline.Torch.Sampling;

/// <summary>Which samples stand in for one that cannot be read.</summary>
internal static class StandIns
{
    /// <summary>Samples that are tried in place of one: where so many in a row cannot be read, more is wrong than some damage.</summary>
    private const int Most = 1000;

    /// <summary>Samples in a row whose source stays away: it is gone, and each further one would wait through all its attempts again.</summary>
    public const int MostAway = 8;

    /// <summary>How many samples are tried at most, the planned one among them.</summary>
    /// <param name="samples">Of an epoch.</param>
    public static int Tries(long samples) => (int)Math.Min(samples, Most);

    /// <summary>The sample that is tried: the planned one first, then that of its place in each further batch, round the epoch; each sample once in a turn.</summary>
    /// <param name="planned">Its number in the epoch.</param>
    /// <param name="attempt">From 0 to <paramref name="samples"/> - 1.</param>
    public static long Of(long planned, long attempt, int batchSize, long samples)
    {
        // After so many steps of a batch it is the planned one again: then on to its neighbour.
        var cycle = samples / (long)BigInteger.GreatestCommonDivisor(batchSize, samples);
        return (planned + (attempt % cycle * batchSize) + (attempt / cycle)) % samples;
    }

    /// <summary>Whether an error is one of what was to be read, and not of what was asked for.</summary>
    public static bool CanBeSkipped(EmException error) => error.Fault is Fault.Corrupt or Fault.Source or Fault.Machine;
}
