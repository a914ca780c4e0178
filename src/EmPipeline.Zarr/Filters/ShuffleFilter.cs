using EmPipeline.Zarr.Codecs;

namespace EmPipeline.Zarr.Filters;

/// <summary>numcodecs "shuffle".</summary>
internal sealed class ShuffleFilter(int elementSize) : IFilter
{
    public long EncodedLength(long decodedLength) => decodedLength;

    public int Decode(ReadOnlySpan<byte> source, Span<byte> target)
    {
        FilterLength.Check("shuffle", source.Length, target.Length);
        ByteShuffle.Undo(source, target, elementSize);
        return source.Length;
    }
}
