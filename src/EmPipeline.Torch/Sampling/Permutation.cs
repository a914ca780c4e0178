using System.Numerics;
using EmPipeline.Volumes;

namespace EmPipeline.Torch.Sampling;

/// <summary>
/// 0 … count - 1 in a random order of which any element can be computed alone, in no memory: a Feistel network over the next power of four,
/// walked until it comes back into the range (Black and Rogaway 2002). An order follows from count, seed and epoch alone, for ever.
/// </summary>
internal readonly struct Permutation
{
    private const int Rounds = 8;
    private readonly ulong _key;
    private readonly int _half;
    private readonly ulong _mask;

    public Permutation(long count, ulong seed, ulong epoch)
    {
        Count = count;
        _half = Math.Max(1, (BitOperations.Log2((ulong)Math.Max(1, count - 1)) / 2) + 1);
        _mask = (1ul << _half) - 1;
        _key = SplitMix64.Keyed(seed, epoch, ulong.MaxValue).Next();
    }

    public long Count { get; }

    /// <summary>The element at a position, 0 … <see cref="Count"/> - 1.</summary>
    public long this[long position]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(position);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(position, Count);
            var value = (ulong)position;
            do
                value = Encipher(value);
            while (value >= (ulong)Count);
            return (long)value;
        }
    }

    private ulong Encipher(ulong value)
    {
        var (left, right) = (value >> _half, value & _mask);
        for (var round = 0ul; round < Rounds; round++)
            (left, right) = (right, left ^ (SplitMix64.Keyed(_key, round, right).Next() & _mask));
        return (left << _half) | right;
    }
}
