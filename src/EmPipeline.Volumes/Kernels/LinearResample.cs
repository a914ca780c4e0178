using System.Numerics;
using System.Runtime.CompilerServices;

namespace EmPipeline.Volumes.Kernels;

/// <summary>
/// Trilinear interpolation along parallel grids, an axis at a time: x, then y, then z. Keeps two planes from one to the next. Reusable; not for
/// concurrent use.
/// </summary>
public sealed class LinearResample
{
    private float[] _row = [];
    private float[] _below = [];
    private float[] _above = [];

    /// <param name="axes">The weights along z, y, x.</param>
    /// <param name="source">The voxels from the first to the last that counts along each axis, C order. What does not count may be NaN.</param>
    /// <param name="target">One number for each voxel asked for, C order.</param>
    public void Run(IReadOnlyList<AxisWeights> axes, ReadOnlySpan<float> source, Span<float> target)
    {
        var (z, y, x) = (axes[0], axes[1], axes[2]);
        var (sourcePlane, plane) = (y.Length * x.Length, y.Lower.Length * x.Lower.Length);
        if (_row.Length < x.Length)
            _row = new float[x.Length];
        if (_below.Length < plane)
            (_below, _above) = (new float[plane], new float[plane]);
        var (atBelow, atAbove) = (-1, -1);
        for (var i = 0; i < z.Lower.Length; i++)
        {
            var (lower, weight) = (z.Lower[i], z.Weight[i]);
            if (lower == atAbove)
                (_below, _above, atBelow, atAbove) = (_above, _below, atAbove, atBelow);
            if (lower != atBelow)
                Plane(y, x, source.Slice(lower * sourcePlane, sourcePlane), _below);
            atBelow = lower;
            var to = target.Slice(i * plane, plane);
            if (weight == 0)
            {
                _below.AsSpan(0, plane).CopyTo(to);
                continue;
            }

            if (lower + 1 != atAbove)
                Plane(y, x, source.Slice((lower + 1) * sourcePlane, sourcePlane), _above);
            atAbove = lower + 1;
            Mix(_below.AsSpan(0, plane), _above.AsSpan(0, plane), weight, to);
        }
    }

    private void Plane(AxisWeights y, AxisWeights x, ReadOnlySpan<float> source, Span<float> target)
    {
        var (length, width) = (x.Length, x.Lower.Length);
        for (var i = 0; i < y.Lower.Length; i++)
        {
            var (lower, weight) = (y.Lower[i], y.Weight[i]);
            var row = source.Slice(lower * length, length);
            if (weight > 0)
            {
                Mix(row, source.Slice((lower + 1) * length, length), weight, _row.AsSpan(0, length));
                row = _row.AsSpan(0, length);
            }

            Row(x.Lower, x.Weight, row, target.Slice(i * width, width));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Row(ReadOnlySpan<int> lower, ReadOnlySpan<float> weights, ReadOnlySpan<float> source, Span<float> target)
    {
        for (var i = 0; i < target.Length; i++)
        {
            var (at, weight) = (lower[i], weights[i]);
            var value = source[at];
            target[i] = weight == 0 ? value : value + (weight * (source[at + 1] - value));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Mix(ReadOnlySpan<float> below, ReadOnlySpan<float> above, float weight, Span<float> target)
    {
        var i = 0;
        var weights = new Vector<float>(weight);
        for (; i <= target.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var value = new Vector<float>(below[i..]);
            (value + (weights * (new Vector<float>(above[i..]) - value))).CopyTo(target[i..]);
        }

        for (; i < target.Length; i++)
            target[i] = below[i] + (weight * (above[i] - below[i]));
    }
}
