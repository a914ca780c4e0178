using EmPipeline.Volumes;

namespace EmPipeline.Zarr.Filters;

/// <summary>numcodecs "delta": every number as its difference to the one before, in the order of the bytes.</summary>
internal sealed class DeltaFilter(NumpyType decoded, NumpyType encoded) : IFilter
{
    public long EncodedLength(long decodedLength) => decodedLength / decoded.ElementSize * encoded.ElementSize;

    public int Decode(ReadOnlySpan<byte> source, Span<byte> target)
    {
        var (from, to) = (encoded.Type.Size(), decoded.Type.Size());
        var count = source.Length / from;
        FilterLength.Check("delta", (long)count * to, target.Length);
        if (decoded.Type.IsFloat())
        {
            // The sum is rounded to the type after every step, as it is where it is an array of that type.
            var sum = 0.0;
            for (var i = 0; i < count; i++)
            {
                Numbers.WriteReal(target[(i * to)..], decoded, sum + Numbers.ReadReal(source[(i * from)..], encoded));
                sum = Numbers.ReadReal(target[(i * to)..], decoded);
            }
        }
        else
        {
            // Sums wrap around, and so does what was encoded.
            var sum = 0L;
            for (var i = 0; i < count; i++)
            {
                sum += encoded.Type.IsFloat() ? (long)Numbers.ReadReal(source[(i * from)..], encoded) : Numbers.ReadInteger(source[(i * from)..], encoded);
                Numbers.WriteInteger(target[(i * to)..], decoded, sum);
            }
        }

        return count * to;
    }
}
