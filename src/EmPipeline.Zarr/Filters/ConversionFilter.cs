using EmPipeline.Volumes;

namespace EmPipeline.Zarr.Filters;

/// <summary>numcodecs "astype", and the decoding side of "quantize" and "bitround": numbers stored as another type.</summary>
internal sealed class ConversionFilter(NumpyType decoded, NumpyType encoded) : IFilter
{
    public long EncodedLength(long decodedLength) => decodedLength / decoded.ElementSize * encoded.ElementSize;

    public int Decode(ReadOnlySpan<byte> source, Span<byte> target)
    {
        if (decoded == encoded)
        {
            FilterLength.Check("astype", source.Length, target.Length);
            source.CopyTo(target);
            return source.Length;
        }

        var (from, to) = (encoded.Type.Size(), decoded.Type.Size());
        var count = source.Length / from;
        FilterLength.Check("astype", (long)count * to, target.Length);
        // Integers go by their bits: a double does not hold all of 64.
        var integers = !decoded.Type.IsFloat() && !encoded.Type.IsFloat() && decoded.Type != VoxelType.Boolean;
        for (var i = 0; i < count; i++)
        {
            if (integers)
                Numbers.WriteInteger(target[(i * to)..], decoded, Numbers.ReadInteger(source[(i * from)..], encoded));
            else
                Numbers.WriteReal(target[(i * to)..], decoded, Numbers.ReadReal(source[(i * from)..], encoded));
        }

        return count * to;
    }
}
