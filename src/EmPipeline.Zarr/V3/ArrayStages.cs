using EmPipeline.Volumes;
using EmPipeline.Zarr.Filters;

namespace EmPipeline.Zarr.V3;

/// <summary>The array-to-array codecs of a chain while it is parsed: what each makes of shape and type.</summary>
/// <param name="shape">Of the decoded chunk.</param>
/// <param name="type">Of the decoded chunk's numbers.</param>
internal sealed class ArrayStages(NdIndex shape, NumpyType type)
{
    private readonly List<ArrayStage> _stages = [];

    public IReadOnlyList<ArrayStage> Stages => _stages;

    /// <summary>The type of the numbers behind the last codec.</summary>
    public NumpyType Type { get; private set; } = type;

    /// <summary>The array behind the last codec, little-endian.</summary>
    public StoredNumbers Stored { get; private set; } = new(shape, type.ElementSize, BigEndian: false, shape.Volume * type.ElementSize);

    /// <exception cref="OverflowException">The array takes 2 GiB or more.</exception>
    /// <exception cref="NotSupportedException">A codec before made a flat array of another shape.</exception>
    public void Add(AxisOrder order)
    {
        if (order.IsIdentity)
            return;
        if (Stored.Length != Stored.Shape.Volume * Stored.ElementSize)
            throw new NotSupportedException("a transposition of packed bits");
        _stages.Add(new ArrayStage(Stored.Shape, Stored.ElementSize, order, null));
        Stored = Stored with { Shape = order.Apply(Stored.Shape) };
    }

    /// <param name="encoded">The type of what the filter makes.</param>
    /// <exception cref="OverflowException">The array takes 2 GiB or more.</exception>
    public void Add(IFilter filter, NumpyType encoded)
    {
        var stage = new ArrayStage(Stored.Shape, Stored.ElementSize, null, filter);
        _stages.Add(stage);
        Type = encoded;
        Stored = new StoredNumbers(Stored.Shape, encoded.ElementSize, BigEndian: false, filter.EncodedLength(stage.DecodedLength));
    }
}
