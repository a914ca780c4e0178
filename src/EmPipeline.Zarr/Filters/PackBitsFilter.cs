namespace EmPipeline.Zarr.Filters;

/// <summary>numcodecs "packbits": eight truths a byte, the first in the highest bit, behind a byte that says how many bits pad the end.</summary>
internal sealed class PackBitsFilter : IFilter
{
    public long EncodedLength(long decodedLength) => 1 + ((decodedLength + 7) / 8);

    public int Decode(ReadOnlySpan<byte> source, Span<byte> target)
    {
        if (source.IsEmpty || source[0] > 7 || (source[0] > 0 && source.Length == 1))
            throw new InvalidDataException("packbits: got no count of padding bits from 0 to 7, expected one.");
        var count = (8L * (source.Length - 1)) - source[0];
        FilterLength.Check("packbits", count, target.Length);
        for (var i = 0; i < count; i++)
            target[i] = (byte)((source[1 + (i / 8)] >> (7 - (i % 8))) & 1);
        return (int)count;
    }
}
