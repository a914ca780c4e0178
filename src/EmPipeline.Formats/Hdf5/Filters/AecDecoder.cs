namespace EmPipeline.Formats.Hdf5.Filters;

/// <summary>
/// Decodes the adaptive entropy coding of CCSDS 121.0-B (extended Rice), which is szip: blocks of samples, each with the coding that suits
/// it; blocks in intervals, each of which begins with a sample as it is where samples are coded as differences to a prediction.
/// </summary>
/// <param name="bits">Bits of a sample, up to 24.</param>
/// <param name="block">Samples of a block.</param>
/// <param name="interval">Blocks of an interval.</param>
/// <param name="predicted">Samples are coded as differences to the one before.</param>
internal sealed class AecDecoder(int bits, int block, int interval, bool predicted)
{
    private const int SegmentBlocks = 64, RestOfSegment = 5, SecondExtensionLimit = 90;
    private readonly int _selectorBits = bits > 16 ? 5 : bits > 8 ? 4 : 3;

    /// <summary>Decodes until <paramref name="samples"/> is full.</summary>
    /// <exception cref="InvalidDataException">The bytes are damaged or too few.</exception>
    public void Decode(ReadOnlySpan<byte> source, Span<uint> samples)
    {
        var reader = new BitReader(source);
        while (!samples.IsEmpty)
        {
            var part = samples[..(int)Math.Min(samples.Length, (long)block * interval)];
            DecodeInterval(ref reader, part);
            if (predicted)
                Undo(part);
            samples = samples[part.Length..];
        }
    }

    private void DecodeInterval(ref BitReader reader, Span<uint> samples)
    {
        var uncompressed = (1 << _selectorBits) - 1;
        Span<uint> values = new uint[block];
        for (var at = 0; at < samples.Length;)
        {
            var selector = (int)reader.Take(_selectorBits);
            var lowEntropy = selector == 0;
            var secondExtension = lowEntropy && reader.Take(1) == 1;
            // The interval's first sample stands in front of the coded ones.
            var first = 0;
            if (predicted && at == 0 && selector != uncompressed)
                values[first++] = (uint)reader.Take(bits);
            var count = block;
            if (selector == uncompressed)
            {
                for (var i = 0; i < block; i++)
                    values[i] = (uint)reader.Take(bits);
            }
            else if (!lowEntropy)
            {
                Split(ref reader, values, first, selector - 1);
            }
            else if (secondExtension)
            {
                SecondExtension(ref reader, values, first);
            }
            else
            {
                values[first..].Clear();
                count = (int)Math.Min((long)ZeroBlocks(ref reader, at / block) * block, samples.Length - at);
            }

            count = Math.Min(count, samples.Length - at);
            var coded = Math.Min(count, block);
            values[..coded].CopyTo(samples[at..]);
            samples.Slice(at + coded, count - coded).Clear();
            at += count;
        }
    }

    private static void Split(ref BitReader reader, Span<uint> values, int first, int low)
    {
        for (var i = first; i < values.Length; i++)
            values[i] = (uint)reader.TakeUnary() << low;
        for (var i = first; low > 0 && i < values.Length; i++)
            values[i] |= (uint)reader.Take(low);
    }

    /// <summary>Pairs of samples (a, b) as one number, (a + b)(a + b + 1) / 2 + b; the first of a pair is left out where the interval's own sample stands.</summary>
    private static void SecondExtension(ref BitReader reader, Span<uint> values, int first)
    {
        for (var i = first; i < values.Length;)
        {
            var number = reader.TakeUnary();
            if (number > SecondExtensionLimit)
                throw new InvalidDataException($"szip: got a pair of samples coded as {number}, expected at most {SecondExtensionLimit}.");
            var sum = 0;
            while ((sum + 1) * (sum + 2) / 2 <= number)
                sum++;
            var second = number - (sum * (sum + 1) / 2);
            if (i % 2 == 0)
                values[i++] = (uint)(sum - second);
            if (i < values.Length)
                values[i++] = (uint)second;
        }
    }

    private int ZeroBlocks(ref BitReader reader, int number)
    {
        var coded = reader.TakeUnary() + 1;
        return coded == RestOfSegment ? Math.Min(interval - number, SegmentBlocks - (number % SegmentBlocks))
            : coded > RestOfSegment ? coded - 1
            : coded;
    }

    /// <summary>Makes samples of mapped differences, in place; the first is a sample already.</summary>
    private void Undo(Span<uint> samples)
    {
        var most = (uint)((1ul << bits) - 1);
        var half = (most >> 1) + 1;
        var sample = samples[0];
        for (var i = 1; i < samples.Length; i++)
        {
            var coded = samples[i];
            var magnitude = (coded >> 1) + (coded & 1);
            // Differences alternate in sign while both signs stay in range; beyond that they count from the nearer end.
            var fold = (sample & half) == 0 ? 0 : most;
            sample = magnitude <= (fold ^ sample)
                ? sample + ((coded >> 1) ^ ~((coded & 1) - 1))
                : fold ^ coded;
            samples[i] = sample &= most;
        }
    }
}
