namespace EmPipeline.Formats.Hdf5.Filters;

/// <summary>Bits of bytes in turn, the highest of each byte first.</summary>
internal ref struct BitReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private long _position;

    /// <summary>The next bits as a number.</summary>
    /// <param name="count">Up to 64.</param>
    /// <exception cref="InvalidDataException">There are fewer.</exception>
    public ulong Take(int count)
    {
        if (_position + count > 8L * _bytes.Length)
            throw new InvalidDataException($"got {_bytes.Length} bytes, expected {count} bits more.");
        var value = 0ul;
        while (count > 0)
        {
            var free = 8 - (int)(_position % 8);
            var taken = Math.Min(free, count);
            var part = _bytes[(int)(_position / 8)] >> (free - taken) & ((1 << taken) - 1);
            value = (value << taken) | (uint)part;
            (_position, count) = (_position + taken, count - taken);
        }

        return value;
    }

    /// <summary>How many zeros come before the next one; takes that one along.</summary>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public int TakeUnary()
    {
        var zeros = 0;
        while (_position < 8L * _bytes.Length)
        {
            var within = (int)(_position % 8);
            var rest = (uint)(byte)(_bytes[(int)(_position / 8)] << within);
            if (rest != 0)
            {
                var run = System.Numerics.BitOperations.LeadingZeroCount(rest) - 24;
                _position += run + 1;
                return zeros + run;
            }

            zeros += 8 - within;
            _position += 8 - within;
        }

        throw new InvalidDataException($"got {_bytes.Length} bytes, expected a set bit more.");
    }
}
