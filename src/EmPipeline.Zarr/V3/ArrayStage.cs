using EmPipeline.Volumes;
using EmPipeline.Zarr.Filters;

namespace EmPipeline.Zarr.V3;

/// <summary>An array-to-array codec: another order of the axes, or other numbers. Either <paramref name="Order"/> or <paramref name="Filter"/>.</summary>
/// <param name="Shape">Of the decoded array.</param>
/// <param name="ElementSize">Of the decoded array's numbers.</param>
internal sealed record ArrayStage(NdIndex Shape, int ElementSize, AxisOrder? Order, IFilter? Filter)
{
    public int DecodedLength { get; } = checked((int)(Shape.Volume * ElementSize));

    /// <exception cref="InvalidDataException">The encoded array is of another length.</exception>
    public void Undo(ReadOnlySpan<byte> encoded, Span<byte> decoded)
    {
        if (Filter is null)
            Order!.Undo(encoded, decoded, Shape, ElementSize);
        else if (Filter.Decode(encoded, decoded) is var length && length != decoded.Length)
            throw new InvalidDataException($"got {length} decoded bytes, expected {decoded.Length}.");
    }
}
