namespace EmPipeline.Formats.Precomputed;

/// <summary>
/// The SplitMix64 generator (Steele, Lea and Flood 2014), kept here so that a seed means the same numbers in every version of .NET and in
/// any other language. Each number adds 0x9E3779B97F4A7C15 to the state and returns the state mixed by
/// z = (z ^ z>>30) · 0xBF58476D1CE4E5B9; z = (z ^ z>>27) · 0x94D049BB133111EB; z ^ z>>31, modulo 2^64.
/// </summary>
public struct SplitMix64(ulong seed)
{
    private ulong _state = seed;

    public ulong Next()
    {
        _state += 0x9E3779B97F4A7C15;
        var z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>A number from 0 up to but not including <paramref name="end"/>: the high 64 bits of the product of the next number and it.</summary>
    public long Next(long end)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(end);
        return (long)Math.BigMul(Next(), (ulong)end, out _);
    }
}
