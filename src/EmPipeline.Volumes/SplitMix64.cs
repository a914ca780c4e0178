namespace EmPipeline.Volumes;

/// <summary>
/// The SplitMix64 generator (Steele, Lea and Flood 2014), kept here so that a seed means the same numbers in every version of .NET, on every
/// machine and in any other language. Each number adds 0x9E3779B97F4A7C15 to the state and returns the state mixed by
/// z = (z ^ z>>30) · 0xBF58476D1CE4E5B9; z = (z ^ z>>27) · 0x94D049BB133111EB; z ^ z>>31, modulo 2^64. Not for concurrent use.
/// </summary>
public struct SplitMix64(ulong seed)
{
    private const ulong Step = 0x9E3779B97F4A7C15;
    private ulong _state = seed;

    /// <summary>A generator for one element of a random plan, so that any element can be computed alone.</summary>
    public static SplitMix64 Keyed(ulong seed, ulong epoch, ulong index) => new(Mix(Mix(Mix(seed + Step) + epoch + Step) + index + Step));

    public ulong Next() => Mix(_state += Step);

    /// <summary>Uniform from 0 up to but not including <paramref name="bound"/>, without bias (Lemire 2019).</summary>
    public long Below(long bound)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bound);
        var n = (ulong)bound;
        var high = Math.BigMul(Next(), n, out var low);
        if (low < n)
        {
            var threshold = unchecked(0 - n) % n;
            while (low < threshold)
                high = Math.BigMul(Next(), n, out low);
        }

        return (long)high;
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
