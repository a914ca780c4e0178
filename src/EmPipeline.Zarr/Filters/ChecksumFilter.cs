using System.Buffers.Binary;

namespace EmPipeline.Zarr.Filters;

/// <summary>A checksum of four bytes, little-endian, before or after what it sums.</summary>
internal sealed class ChecksumFilter(string name, ChecksumFilter.Sum sum, bool atEnd) : IFilter
{
    private const int Length = 4;

    public delegate uint Sum(ReadOnlySpan<byte> data);

    public long EncodedLength(long decodedLength) => decodedLength + Length;

    public int Decode(ReadOnlySpan<byte> source, Span<byte> target)
    {
        if (source.Length < Length)
            throw new InvalidDataException($"{name}: got {source.Length} bytes, expected at least {Length}.");
        var data = atEnd ? source[..^Length] : source[Length..];
        FilterLength.Check(name, data.Length, target.Length);
        var stated = BinaryPrimitives.ReadUInt32LittleEndian(atEnd ? source[^Length..] : source);
        var computed = sum(data);
        if (computed != stated)
            throw new InvalidDataException($"{name}: got bytes with the checksum {computed:x8}, expected {stated:x8}.");
        data.CopyTo(target);
        return data.Length;
    }
}
