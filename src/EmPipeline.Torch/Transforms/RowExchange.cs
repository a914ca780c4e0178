namespace EmPipeline.Torch.Transforms;

/// <summary>Exchanges z and y of a stack.</summary>
internal static class RowExchange
{
    /// <param name="shape">Of the source.</param>
    public static void Copy<T>(ReadOnlySpan<T> source, Grid shape, Span<T> target)
    {
        for (var z = 0; z < shape.Z; z++)
        {
            for (var y = 0; y < shape.Y; y++)
                source.Slice(shape.At(z, y, 0), shape.X).CopyTo(target.Slice(((y * shape.Z) + z) * shape.X, shape.X));
        }
    }
}
