using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace EmPipeline.Volumes.Kernels;

/// <summary>Patches of all other types: sums of two by two as floats; one that is not a finite number is left out of everything.</summary>
internal sealed class NumberPatchRows<T>(int patch, ReadOnlyMemory<byte> fill) : PatchRows(patch, fill)
    where T : unmanaged, INumberBase<T>
{
    // The same on every machine, whatever the width of its vectors.
    private const int Lanes = 8;
    private readonly int _size = Unsafe.SizeOf<T>();
    private float[] _current = [];
    private float[] _previous = [];
    private float[] _columns = [];
    private float[] _counts = [];

    public override SectionPart Take(ReadOnlySpan<byte> voxels, int step, int rows, int width, int number, Span<byte> means, Span<byte> drawn)
    {
        var (evenRows, evenWidth) = (rows & ~1, width & ~1);
        if (evenRows == 0 || evenWidth == 0)
            return default;
        var half = evenWidth / 2;
        var padded = (half + Lanes - 1) / Lanes * Lanes;
        if (_columns.Length < padded)
            (_current, _previous, _columns, _counts) = (new float[padded + Lanes], new float[padded + Lanes], new float[padded], new float[padded]);
        Array.Clear(_columns);
        Array.Clear(_counts);
        var sums = new SectionPart { Looked = RowsOf(evenRows) * evenWidth };
        for (var row = 0; row < evenRows; row = After(row))
        {
            var first = MemoryMarshal.Cast<byte, T>(voxels.Slice(row * step, evenWidth * _size));
            var second = MemoryMarshal.Cast<byte, T>(voxels.Slice((row + 1) * step, evenWidth * _size));
            Fold(first, second, half);
            _current.AsSpan(half, padded + Lanes - half).Fill(float.NaN);
            Compare(padded, HasBefore(row), ref sums);
            (_current, _previous) = (_previous, _current);
        }

        Draw(voxels, step, evenRows, evenWidth, _size, number, drawn);
        Reduce(voxels, step, evenRows, evenWidth, means, ref sums);
        return sums;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Fold(ReadOnlySpan<T> first, ReadOnlySpan<T> second, int half)
    {
        var at = 0;
        if (typeof(T) == typeof(ushort) || typeof(T) == typeof(short))
        {
            ref var a = ref Unsafe.As<T, short>(ref MemoryMarshal.GetReference(first));
            ref var b = ref Unsafe.As<T, short>(ref MemoryMarshal.GetReference(second));
            for (; at + Lanes <= half; at += Lanes)
            {
                var sums = Pairs(Vector256.LoadUnsafe(ref a, (nuint)(2 * at))) + Pairs(Vector256.LoadUnsafe(ref b, (nuint)(2 * at)));
                Vector256.ConvertToSingle(sums).StoreUnsafe(ref _current[at]);
            }
        }

        for (; at < half; at++)
        {
            var sum = float.CreateTruncating(first[2 * at]) + float.CreateTruncating(first[(2 * at) + 1])
                + (float.CreateTruncating(second[2 * at]) + float.CreateTruncating(second[(2 * at) + 1]));
            _current[at] = float.IsFinite(sum) ? sum : float.NaN;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static Vector256<int> Pairs(Vector256<short> voxels)
        {
            var pairs = voxels.AsInt32();
            return typeof(T) == typeof(short) ? ((pairs << 16) >> 16) + (pairs >> 16) : (pairs & Vector256.Create(0xFFFF)) + (pairs >>> 16);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Compare(int padded, bool hasPrevious, ref SectionPart sums)
    {
        var (squares, pairs) = (Vector256<float>.Zero, Vector256<float>.Zero);
        for (var at = 0; at < padded; at += Lanes)
        {
            var here = Vector256.LoadUnsafe(ref _current[at]);
            var isNumber = Vector256.Equals(here, here);
            (Vector256.LoadUnsafe(ref _columns[at]) + (here.AsInt32() & isNumber.AsInt32()).AsSingle()).StoreUnsafe(ref _columns[at]);
            (Vector256.LoadUnsafe(ref _counts[at]) + (Vector256<float>.One.AsInt32() & isNumber.AsInt32()).AsSingle()).StoreUnsafe(ref _counts[at]);
            Add(Vector256.LoadUnsafe(ref _current[at + 1]) - here);
            if (hasPrevious)
                Add(here - Vector256.LoadUnsafe(ref _previous[at]));
        }

        sums.Energy += Total(squares) / 16;
        sums.Pairs += (long)Total(pairs);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        void Add(Vector256<float> difference)
        {
            var isNumber = Vector256.Equals(difference, difference).AsInt32();
            var square = ((difference * difference).AsInt32() & isNumber).AsSingle();
            squares += square;
            pairs += (Vector256<float>.One.AsInt32() & isNumber).AsSingle();
        }
    }

    private static double Total(Vector256<float> lanes)
    {
        var total = 0.0;
        for (var i = 0; i < Lanes; i++)
            total += lanes[i];
        return total;
    }

    private void Reduce(ReadOnlySpan<byte> voxels, int step, int rows, int width, Span<byte> means, ref SectionPart sums)
    {
        for (int x = 0, i = 0; x < width; x += Patch, i++)
        {
            var columns = Math.Min(Patch, width - x);
            var (sum, count) = (0.0, 0);
            for (var at = x / 2; at < (x + columns) / 2; at++)
            {
                sum += _columns[at];
                count += (int)_counts[at];
            }

            sums.Sum += sum;
            sums.Finite += 4 * count;
            var mean = count == 0 ? double.NaN : sum / (4 * count);
            BinaryPrimitives.WriteSingleLittleEndian(means[(i * sizeof(float))..], (float)mean);
            var value = float.CreateTruncating(MemoryMarshal.Read<T>(voxels[(x * _size)..]));
            // Sums are rounded, so what is near may be equal.
            if (count == 0 || Math.Abs(mean - value) <= 1e-5 * Math.Abs(value))
                CountBlank(voxels[(x * _size)..], step, rows, columns * _size, _size, ref sums);
        }
    }
}
