using EmPipeline.Volumes;

namespace EmPipeline.Zarr.Filters;

/// <summary>numcodecs "fixedscaleoffset": a number is stored as round((number − offset) × scale).</summary>
internal sealed class FixedScaleOffsetFilter(NumpyType decoded, NumpyType encoded, double scale, double offset) : IFilter
{
    public long EncodedLength(long decodedLength) => decodedLength / decoded.ElementSize * encoded.ElementSize;

    public int Decode(ReadOnlySpan<byte> source, Span<byte> target)
    {
        var (from, to) = (encoded.Type.Size(), decoded.Type.Size());
        var count = source.Length / from;
        FilterLength.Check("fixedscaleoffset", (long)count * to, target.Length);
        for (var i = 0; i < count; i++)
            Numbers.WriteReal(target[(i * to)..], decoded, (Numbers.ReadReal(source[(i * from)..], encoded) / scale) + offset);
        return count * to;
    }
}
