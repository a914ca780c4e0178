using PureHDF.Filters;

namespace EmPipeline.Formats.Hdf5.Filters;

/// <summary>Filter 6. PureHDF decodes it, but refuses big-endian numbers: it is told that they are little-endian, and they are turned round here.</summary>
internal static class ScaleOffsetFilter
{
    // Where the filter's parameters say how many elements there are, of what size and byte order.
    private const int CountAt = 2, SizeAt = 4, OrderAt = 6, ParameterCount = 8, HeaderBytes = 21;

    public static int Decode(ReadOnlySpan<byte> source, Span<byte> target, uint[] parameters, int size)
    {
        var elementSize = parameters.Length < ParameterCount ? 0 : parameters[SizeAt];
        if (elementSize is not (1 or 2 or 4 or 8) || parameters[CountAt] * (ulong)elementSize != (ulong)size)
            throw new InvalidDataException($"scaleoffset: got parameters that do not fit a chunk of {size} bytes.");
        if (source.Length < HeaderBytes)
            throw new InvalidDataException($"scaleoffset: got {source.Length} bytes, expected at least {HeaderBytes}.");
        var little = (uint[])parameters.Clone();
        little[OrderAt] = 0;
        Memory<byte> decoded;
        try
        {
            decoded = new PureHDF.Filters.ScaleOffsetFilter().Filter(new FilterInfo(H5FilterFlags.Decompress, little, size, source.ToArray()));
        }
        catch (Exception e) when (e is IndexOutOfRangeException or ArgumentException or OverflowException)
        {
            throw new InvalidDataException($"scaleoffset: got damaged data ({e.Message}).", e);
        }

        decoded.Span.CopyTo(target);
        if (parameters[OrderAt] != 0)
            Codecs.ByteOrder.Reverse(target[..decoded.Length], (int)elementSize);
        return decoded.Length;
    }
}
