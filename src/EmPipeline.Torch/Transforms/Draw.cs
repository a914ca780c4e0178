using EmPipeline.Volumes;

namespace EmPipeline.Torch.Transforms;

/// <summary>What transforms draw.</summary>
internal static class Draw
{
    /// <summary>0 up to but not including 1, in steps of 2⁻⁵³.</summary>
    public static double Unit(ref SplitMix64 random) => (random.Next() >> 11) * (1.0 / (1L << 53));

    public static double Between(ref SplitMix64 random, (double Low, double High) range) => range.Low + ((range.High - range.Low) * Unit(ref random));

    public static bool Chance(ref SplitMix64 random, double probability) => Unit(ref random) < probability;

    /// <summary>-<paramref name="most"/> … <paramref name="most"/>.</summary>
    public static int Around(ref SplitMix64 random, int most) => (int)random.Below((2L * most) + 1) - most;
}
