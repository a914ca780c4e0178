using EmPipeline.Volumes;

namespace EmPipeline.Formats.Tiff.Metadata;

/// <summary>One Image of an OME-XML description.</summary>
/// <param name="Order">DimensionOrder as written: fastest first, "XYZCT".</param>
internal sealed record OmeImage(
    string? Name, string Order, long SizeX, long SizeY, long SizeZ, long SizeC, long SizeT, StatedSize Size, IReadOnlyList<OmeTiffData> Data)
{
    /// <summary>The extent on one axis of <see cref="Order"/>, given that <paramref name="samples"/> channels share a pixel.</summary>
    public long Extent(char axis, int samples) => axis switch
    {
        'X' => SizeX,
        'Y' => SizeY,
        'Z' => SizeZ,
        'T' => SizeT,
        _ => SizeC % samples == 0 ? SizeC / samples : SizeC,
    };

    /// <summary>The stacking of planes, slowest first, axes of size 1 left out.</summary>
    public (string Axes, NdIndex Shape) Stacking(int samples)
    {
        var axes = Order[2..].Reverse().Where(axis => Extent(axis, samples) > 1).ToArray();
        return (string.Concat(axes).ToLowerInvariant(), new NdIndex(axes.Select(axis => Extent(axis, samples)).ToArray()));
    }

    /// <summary>All planes: the product over <see cref="Order"/>.</summary>
    public Int128 Planes(int samples) => (Int128)SizeZ * SizeT * Extent('C', samples);

    /// <summary>The position of a plane in C order of the stacking; null when it is outside.</summary>
    public long? Position(OmeTiffData data, int samples)
    {
        var position = 0L;
        foreach (var axis in Order[2..].Reverse())
        {
            var first = axis switch { 'Z' => data.FirstZ, 'T' => data.FirstT, _ => data.FirstC / samples };
            if (first < 0 || first >= Extent(axis, samples))
                return null;
            position = (position * Extent(axis, samples)) + first;
        }

        return position;
    }
}
