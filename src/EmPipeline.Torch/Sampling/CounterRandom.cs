namespace EmPipeline.Torch.Sampling;

/// <summary>
/// Random numbers from a key: the same key gives the same sequence on every machine and runtime, and any element of a random plan can be
/// computed alone. SplitMix64 (Steele, Lea, Flood 2014), whose state is a counter.
/// </summary>
internal struct CounterRandom
{
    private const ulong Step = 0x9E3779B97F4A7C15;
    private ulong _state;

    public CounterRandom(ulong seed, ulong epoch, ulong index) => _state = Mix(Mix(Mix(seed + Step) + epoch + Step) + index + Step);

    public ulong Next() => Mix(_state += Step);

    /// <summary>Uniform in 0 … <paramref name="bound"/> - 1 without bias (Lemire 2019).</summary>
    public long Below(long bound)
    {
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
