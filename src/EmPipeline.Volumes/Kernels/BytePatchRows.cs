using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EmPipeline.Volumes.Kernels;

/// <summary>Patches of one-byte voxels: sums of two by two in 16 bits, exact.</summary>
internal sealed class BytePatchRows(VoxelType type, int patch, ReadOnlyMemory<byte> fill) : PatchRows(patch, fill)
{
    private const int Lanes = 16;
    // A signed byte with its sign bit turned is itself + 128 unsigned.
    private readonly byte _flip = type == VoxelType.Int8 ? (byte)128 : (byte)0;
    private short[] _current = [];
    private short[] _previous = [];
    private short[] _columns = [];

    public override SectionPart Take(ReadOnlySpan<byte> voxels, int step, int rows, int width, int number, Span<byte> means, Span<byte> drawn)
    {
        var (evenRows, evenWidth) = (rows & ~1, width & ~1);
        if (evenRows == 0 || evenWidth == 0)
            return default;
        var looked = RowsOf(evenRows);
        var half = evenWidth / 2;
        var padded = (half + Lanes - 1) & ~(Lanes - 1);
        if (_columns.Length < padded)
            (_current, _previous, _columns) = (new short[padded + Lanes], new short[padded + Lanes], new short[padded]);
        long energy;
        if (half == padded && half > Lanes)
        {
            voxels = voxels[..(((evenRows - 1) * step) + evenWidth)];
            energy = _flip == 0 ? FoldAll<byte>(voxels, step, evenRows, half) : FoldAll<sbyte>(voxels, step, evenRows, half);
        }
        else
        {
            energy = FoldEach(voxels, step, evenRows, evenWidth, padded);
        }

        var sums = new SectionPart
        {
            // Of sums of four, and means are asked for.
            Energy = energy / 16.0,
            Pairs = ((half - 1L) * looked / 2) + (half * (long)(looked / 4)),
            Looked = looked * evenWidth,
            Finite = looked * evenWidth,
        };
        Draw(voxels, step, evenRows, evenWidth, 1, number, drawn);
        Reduce(voxels, step, evenRows, evenWidth, means, ref sums);
        return sums;
    }

    /// <summary>
    /// Sums rows two by two, a vector of columns at a time, so that nothing but the voxels is read. A pair of neighbours is looked at from its right one, but
    /// in the first vector from its left one: no voxel outside the rows is read.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private long FoldAll<T>(ReadOnlySpan<byte> voxels, int step, int rows, int half)
    {
        ref var source = ref MemoryMarshal.GetReference(voxels);
        var total = Vector256<long>.Zero;
        for (var at = 0; at < half; at += Lanes)
        {
            // The last pair of the first vector is the first one of the second.
            var (beside, mask) = at == 0 ? (2, ButLast) : (-2, Vector256<short>.AllBitsSet);
            var (columns, previous, squares) = (Vector256<short>.Zero, Vector256<short>.Zero, Vector256<int>.Zero);
            for (var row = 0; row < rows; row = After(row))
            {
                ref var first = ref Unsafe.AddByteOffset(ref source, (nint)((row * (long)step) + (2 * at)));
                ref var second = ref Unsafe.AddByteOffset(ref first, (nint)step);
                var sums = PairsOf<T>(Vector256.LoadUnsafe(ref first)) + PairsOf<T>(Vector256.LoadUnsafe(ref second));
                var neighbours = PairsOf<T>(Vector256.LoadUnsafe(ref Unsafe.AddByteOffset(ref first, (nint)beside)))
                    + PairsOf<T>(Vector256.LoadUnsafe(ref Unsafe.AddByteOffset(ref second, (nint)beside)));
                squares += Square((sums - neighbours) & mask);
                if (HasBefore(row))
                    squares += Square(sums - previous);
                columns += sums;
                previous = sums;
            }

            // Columns are kept without a sign.
            (typeof(T) == typeof(sbyte) ? columns + Vector256.Create((short)(256 * RowsOf(rows))) : columns).StoreUnsafe(ref _columns[at]);
            // At most 64 squares of at most 2 · 1020² each.
            var (low, high) = Vector256.Widen(squares);
            total += low + high;
        }

        return Vector256.Sum(total);
    }

    private static Vector256<short> ButLast => Vector256.Create(-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 0);

    /// <summary>Neighbours added, with their sign where they have one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> PairsOf<T>(Vector256<byte> voxels)
    {
        if (Avx2.IsSupported)
            return typeof(T) == typeof(sbyte) ? Avx2.MultiplyAddAdjacent(Vector256<byte>.One, voxels.AsSByte()) : Avx2.MultiplyAddAdjacent(voxels, Vector256<sbyte>.One);
        var pairs = voxels.AsInt16();
        return typeof(T) == typeof(sbyte) ? ((pairs << 8) >> 8) + (pairs >> 8) : (pairs & Vector256.Create((short)0x00FF)) + (pairs.AsUInt16() >>> 8).AsInt16();
    }

    /// <summary>The same where rows are short or do not fill vectors.</summary>
    private long FoldEach(ReadOnlySpan<byte> voxels, int step, int rows, int width, int padded)
    {
        Array.Clear(_columns, 0, padded);
        var energy = 0L;
        for (var row = 0; row < rows; row = After(row))
        {
            energy += Fold(voxels.Slice(row * step, width), voxels.Slice((row + 1) * step, width), width / 2, padded, HasBefore(row));
            (_current, _previous) = (_previous, _current);
        }

        return energy;
    }

    /// <summary>Sums two rows two by two, adds them to the columns, and squares what neighbours differ by.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private long Fold(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, int half, int padded, bool hasPrevious)
    {
        ref var a = ref MemoryMarshal.GetReference(first);
        ref var b = ref MemoryMarshal.GetReference(second);
        ref var current = ref MemoryMarshal.GetArrayDataReference(_current);
        ref var previous = ref MemoryMarshal.GetArrayDataReference(_previous);
        ref var columns = ref MemoryMarshal.GetArrayDataReference(_columns);
        var flip = Vector256.Create(_flip);
        var at = 0;
        for (; at + Lanes <= half; at += Lanes)
        {
            var sums = Pairs(Vector256.LoadUnsafe(ref a, (nuint)(2 * at)) ^ flip) + Pairs(Vector256.LoadUnsafe(ref b, (nuint)(2 * at)) ^ flip);
            sums.StoreUnsafe(ref current, (nuint)at);
            (Vector256.LoadUnsafe(ref columns, (nuint)at) + sums).StoreUnsafe(ref columns, (nuint)at);
        }

        for (; at < half; at++)
        {
            var sum = (short)((first[2 * at] ^ _flip) + (first[(2 * at) + 1] ^ _flip) + (second[2 * at] ^ _flip) + (second[(2 * at) + 1] ^ _flip));
            _current[at] = sum;
            _columns[at] += sum;
        }

        // Behind the end all is as the last one, so that nothing differs there.
        _current.AsSpan(half, padded + Lanes - half).Fill(_current[half - 1]);
        if (!hasPrevious)
            _current.AsSpan(0, padded).CopyTo(_previous);
        else if (half < padded)
            _previous.AsSpan(half, padded - half).Fill(_current[half - 1]);
        var total = Vector256<long>.Zero;
        for (at = 0; at < padded;)
        {
            var squares = Vector256<int>.Zero;
            // Each adds at most 4 · 1020² to a lane.
            for (var end = Math.Min(padded, at + (256 * Lanes)); at < end; at += Lanes)
            {
                var here = Vector256.LoadUnsafe(ref current, (nuint)at);
                squares += Square(Vector256.LoadUnsafe(ref current, (nuint)at + 1) - here);
                squares += Square(here - Vector256.LoadUnsafe(ref previous, (nuint)at));
            }

            var (low, high) = Vector256.Widen(squares);
            total += low + high;
        }

        return Vector256.Sum(total);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Pairs(Vector256<byte> voxels)
    {
        if (Avx2.IsSupported)
            return Avx2.MultiplyAddAdjacent(voxels, Vector256<sbyte>.One);
        var pairs = voxels.AsUInt16();
        return ((pairs & Vector256.Create((ushort)0x00FF)) + (pairs >>> 8)).AsInt16();
    }

    /// <summary>Squares of 16 bits, neighbours added.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Square(Vector256<short> values)
    {
        if (Avx2.IsSupported)
            return Avx2.MultiplyAddAdjacent(values, values);
        var pairs = values.AsInt32();
        var (even, odd) = ((pairs << 16) >> 16, pairs >> 16);
        return (even * even) + (odd * odd);
    }

    /// <summary>Adds columns up to patches.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Reduce(ReadOnlySpan<byte> voxels, int step, int rows, int width, Span<byte> means, ref SectionPart sums)
    {
        var (total, looked) = (0L, RowsOf(rows));
        var (x, i) = (0, 0);
        if (Patch == 2 * Vector128<short>.Count && Ssse3.IsSupported)
        {
            for (; x + (4 * Patch) <= width && SumFour(x / 2, looked * Patch, means[(i * sizeof(ushort))..]) is var sum and >= 0; x += 4 * Patch, i += 4)
                total += sum;
        }

        for (; x < width; x += Patch, i++)
        {
            var columns = Math.Min(Patch, width - x);
            var (sum, count) = (Sum(_columns.AsSpan(x / 2, columns / 2)), looked * columns);
            total += sum;
            var rounded = (sum * 256L) + (count / 2);
            // Most patches are whole, and their voxels a power of two: that spares the division.
            var mean = int.IsPow2(count) ? rounded >> int.Log2(count) : rounded / count;
            BinaryPrimitives.WriteUInt16LittleEndian(means[(i * sizeof(ushort))..], (ushort)mean);
            if (sum == (voxels[x] ^ _flip) * count)
                CountBlank(voxels[x..], step, rows, columns, 1, ref sums);
        }

        sums.Sum = total - ((long)_flip * looked * width);
    }

    /// <summary>Sums four patches of sixteen columns, and writes their means.</summary>
    /// <param name="count">Voxels of a patch.</param>
    /// <returns>-1 where the mean of one is a whole number, so that it may be of one value only, or where there is no such shift.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int SumFour(int column, int count, Span<byte> means)
    {
        var sums = Ssse3.HorizontalAdd(Ssse3.HorizontalAdd(At(0), At(1)), Ssse3.HorizontalAdd(At(2), At(3)));
        if (!int.IsPow2(count) || Vector128.EqualsAny(sums & Vector128.Create(count - 1), Vector128<int>.Zero))
            return -1;
        var rounded = ((sums << 8) + Vector128.Create(count / 2)) >> int.Log2(count);
        BinaryPrimitives.WriteUInt64LittleEndian(means, Vector128.Narrow(rounded.AsUInt32(), rounded.AsUInt32()).AsUInt64().ToScalar());
        return Vector128.Sum(sums);

        Vector128<int> At(int patch) => Sse2.MultiplyAddAdjacent(Vector128.Create(_columns.AsSpan(column + (patch * Vector128<short>.Count))), Vector128<short>.One);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Sum(ReadOnlySpan<short> columns)
    {
        var (sums, at) = (Vector128<int>.Zero, 0);
        for (; at + Vector128<short>.Count <= columns.Length; at += Vector128<short>.Count)
        {
            var (low, high) = Vector128.Widen(Vector128.Create(columns[at..]));
            sums += low + high;
        }

        var sum = Vector128.Sum(sums);
        for (; at < columns.Length; at++)
            sum += columns[at];
        return sum;
    }
}
