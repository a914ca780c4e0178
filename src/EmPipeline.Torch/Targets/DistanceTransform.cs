using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using EmPipeline.Torch.Transforms;
using EmPipeline.Volumes;

namespace EmPipeline.Torch.Targets;

/// <summary>
/// The square of the distance of every voxel to the nearest one with another number, up to a limit: axis by axis, as the least of parabolas along a
/// line (Felzenszwalb and Huttenlocher 2012). A limit of few voxels, as training has it, is faster looked at step by step, a whole vector of lines at
/// once, than as an envelope. A voxel of another number on the line is its own nearest; one of the same number stands for what is nearest to it on
/// the axes before. Its memory is used again. Not for concurrent use.
/// </summary>
internal sealed class DistanceTransform
{
    private int[] _numbers = [];
    private float[] _squares = [];
    private float[] _next = [];

    // Rows are whole vectors long.
    private Grid _padded;
    private int _width;

    /// <summary>The limit's square: what is as far or further.</summary>
    public float Far { get; private set; }

    /// <param name="numbers">The first voxel's is at <paramref name="margin"/>.</param>
    /// <param name="buffer">The extent of <paramref name="numbers"/>.</param>
    /// <param name="margin">What of it to leave out on each side.</param>
    /// <param name="ofUnknown">Whether all numbers but "unknown", the largest, count as one.</param>
    public void Run<T>(ReadOnlySpan<T> numbers, Grid buffer, Grid margin, bool ofUnknown, VoxelSize voxelSize, double limit)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        Take(numbers, buffer, margin, ofUnknown);
        Far = (float)(limit * limit);
        var (z, y, x) = (Steps(voxelSize.Z!.Value, _padded.Z), Steps(voxelSize.Y!.Value, _padded.Y), Steps(voxelSize.X!.Value, _width));
        Buffers.Grow(ref _squares, _padded.Length);
        Buffers.Grow(ref _next, _padded.Length);
        for (var row = 0; row < _padded.Length; row += _padded.X)
            AlongX(_numbers.AsSpan(row, _width), _squares.AsSpan(row, _padded.X), x);
        Along(1, y);
        Along(0, z);

        float[] Steps(double size, int length) =>
            [.. Enumerable.Range(0, (int)Math.Min(Math.Floor((limit / size) + 1e-9) + 1, length)).Select(step => (float)(step * size * step * size))];
    }

    /// <summary>Squares in nm², at most <see cref="Far"/>.</summary>
    public ReadOnlySpan<float> Row(int z, int y) => _squares.AsSpan(_padded.At(z, y, 0), _width);

    private void Take<T>(ReadOnlySpan<T> numbers, Grid buffer, Grid margin, bool ofUnknown)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        var shape = buffer - (2 * margin);
        (_width, _padded) = (shape.X, shape with { X = (shape.X + Vector256<int>.Count - 1) / Vector256<int>.Count * Vector256<int>.Count });
        Buffers.Grow(ref _numbers, _padded.Length);
        for (var z = 0; z < shape.Z; z++)
        {
            for (var y = 0; y < shape.Y; y++)
            {
                var from = numbers.Slice(buffer.At(z + margin.Z, y + margin.Y, margin.X), shape.X);
                var to = _numbers.AsSpan(_padded.At(z, y, 0), _padded.X);
                for (var x = 0; x < from.Length; x++)
                    to[x] = !ofUnknown ? int.CreateTruncating(from[x]) : from[x] == T.MaxValue ? 1 : 0;
                to[from.Length..].Clear();
            }
        }
    }

    private void AlongX(ReadOnlySpan<int> numbers, Span<float> squares, float[] steps)
    {
        for (var start = 0; start < numbers.Length;)
        {
            var end = start + 1;
            while (end < numbers.Length && numbers[end] == numbers[start])
                end++;
            for (var x = start; x < end; x++)
            {
                // Beyond the memory there is no other number.
                var step = Math.Min(start > 0 ? x - start + 1 : int.MaxValue, end < numbers.Length ? end - x : int.MaxValue);
                squares[x] = step < steps.Length ? Math.Min(Far, steps[step]) : Far;
            }

            start = end;
        }

        squares[numbers.Length..].Fill(Far);
    }

    // Along z (0) or y (1).
    private void Along(int axis, float[] steps)
    {
        var (stride, length) = axis == 0 ? (_padded.Plane, _padded.Z) : (_padded.X, _padded.Y);
        for (var other = 0; other < (axis == 0 ? _padded.Y : _padded.Z); other++)
        {
            for (var i = 0; i < length; i++)
            {
                var row = axis == 0 ? _padded.At(i, other, 0) : _padded.At(other, i, 0);
                Nearest(_numbers, _squares, _next, row, _padded.X, stride, i, length - 1 - i, steps);
            }
        }

        (_squares, _next) = (_next, _squares);
    }

    /// <param name="before">How many rows there are before this one.</param>
    /// <param name="after">And after it.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Nearest(int[] numbers, float[] squares, float[] target, int row, int length, int stride, int before, int after, float[] steps)
    {
        ref var number = ref MemoryMarshal.GetArrayDataReference(numbers);
        ref var square = ref MemoryMarshal.GetArrayDataReference(squares);
        ref var to = ref MemoryMarshal.GetArrayDataReference(target);
        for (var at = row; at < row + length; at += Vector256<int>.Count)
        {
            var id = Vector256.LoadUnsafe(ref number, (nuint)at);
            var best = Vector256.LoadUnsafe(ref square, (nuint)at);
            for (var step = 1; step < steps.Length; step++)
            {
                var far = Vector256.Create(steps[step]);
                if (Vector256.LessThanOrEqualAll(best, far))
                    break;
                if (step <= before)
                    best = Vector256.MinNative(best, Through(ref number, ref square, at - (step * stride), id, far));
                if (step <= after)
                    best = Vector256.MinNative(best, Through(ref number, ref square, at + (step * stride), id, far));
            }

            best.StoreUnsafe(ref to, (nuint)at);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Through(ref int number, ref float square, int at, Vector256<int> id, Vector256<float> far)
    {
        var isSame = Vector256.Equals(Vector256.LoadUnsafe(ref number, (nuint)at), id).AsSingle();
        return far + (isSame & Vector256.LoadUnsafe(ref square, (nuint)at));
    }
}
