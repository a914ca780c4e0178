using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace EmPipeline.Torch.Transforms;

/// <summary>Gaussian weights along one axis after the other; at the ends of the memory the last value goes on.</summary>
internal static class GaussianBlur
{
    /// <summary>How far a value reaches, in voxels.</summary>
    public static int Radius(double width) => (int)Math.Ceiling(3 * width);

    /// <summary>Blurs a sample's image; what is invalid has no weight.</summary>
    public static void Apply(Sample sample, double width, bool inPlane)
    {
        var shape = Grid.Of(sample.Shape);
        var values = sample.Image;
        if (sample.ImagePart.IsWhole)
        {
            Run(values, shape, width, inPlane);
            return;
        }

        var mask = sample.Mask(0);
        var rented = ArrayPool<float>.Shared.Rent(values.Length);
        var weights = rented.AsSpan(0, values.Length);
        for (var i = 0; i < weights.Length; i++)
            (weights[i], values[i]) = mask[i] == 0 ? (0, 0) : (1, values[i]);
        Run(values, shape, width, inPlane);
        Run(weights, shape, width, inPlane);
        for (var i = 0; i < weights.Length; i++)
            values[i] = weights[i] > 0 ? values[i] / weights[i] : 0;
        ArrayPool<float>.Shared.Return(rented);
    }

    /// <param name="width">The deviation, voxels.</param>
    /// <param name="inPlane">False: along z too.</param>
    public static void Run(Span<float> values, Grid shape, double width, bool inPlane)
    {
        var weights = Weights(width);
        var scratch = ArrayPool<float>.Shared.Rent(Math.Max(Math.Max(shape.Y, shape.Z) * shape.X, shape.X + (2 * weights.Length)));
        if (!inPlane)
        {
            for (var y = 0; y < shape.Y; y++)
                Rows(values[(y * shape.X)..], shape.Z, shape.Plane, shape.X, weights, scratch);
        }

        for (var z = 0; z < shape.Z; z++)
        {
            var plane = values.Slice(z * shape.Plane, shape.Plane);
            for (var y = 0; y < shape.Y; y++)
                Row(plane.Slice(y * shape.X, shape.X), weights, scratch);
            Rows(plane, shape.Y, shape.X, shape.X, weights, scratch);
        }

        ArrayPool<float>.Shared.Return(scratch);
    }

    // From the middle on; with the other half they make 1.
    private static float[] Weights(double width)
    {
        var weights = Enumerable.Range(0, Radius(width) + 1).Select(i => Math.Exp(-0.5 * i * i / (width * width))).ToArray();
        var sum = (2 * weights.Sum()) - 1;
        return [.. weights.Select(weight => (float)(weight / sum))];
    }

    // Along the axis that the rows follow one another on.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows(Span<float> values, int count, int stride, int length, float[] weights, Span<float> scratch)
    {
        for (var i = 0; i < count; i++)
            values.Slice(i * stride, length).CopyTo(scratch[(i * length)..]);
        for (var i = 0; i < count; i++)
        {
            var target = values.Slice(i * stride, length);
            Scale(scratch.Slice(i * length, length), weights[0], target);
            for (var k = 1; k < weights.Length; k++)
                AddPair(scratch.Slice(Math.Max(0, i - k) * length, length), scratch.Slice(Math.Min(count - 1, i + k) * length, length), weights[k], target);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Row(Span<float> row, float[] weights, Span<float> scratch)
    {
        var radius = weights.Length - 1;
        scratch[..radius].Fill(row[0]);
        row.CopyTo(scratch[radius..]);
        scratch.Slice(radius + row.Length, radius).Fill(row[^1]);
        Scale(scratch.Slice(radius, row.Length), weights[0], row);
        for (var k = 1; k <= radius; k++)
            AddPair(scratch.Slice(radius - k, row.Length), scratch.Slice(radius + k, row.Length), weights[k], row);
    }

    private static void Scale(ReadOnlySpan<float> source, float weight, Span<float> target)
    {
        var i = 0;
        for (; i <= target.Length - Vector<float>.Count; i += Vector<float>.Count)
            (new Vector<float>(source[i..]) * weight).CopyTo(target[i..]);
        for (; i < target.Length; i++)
            target[i] = source[i] * weight;
    }

    private static void AddPair(ReadOnlySpan<float> a, ReadOnlySpan<float> b, float weight, Span<float> target)
    {
        var i = 0;
        for (; i <= target.Length - Vector<float>.Count; i += Vector<float>.Count)
            (new Vector<float>(target[i..]) + ((new Vector<float>(a[i..]) + new Vector<float>(b[i..])) * weight)).CopyTo(target[i..]);
        for (; i < target.Length; i++)
            target[i] += (a[i] + b[i]) * weight;
    }
}
