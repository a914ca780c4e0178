using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace EmPipeline.Volumes;

/// <summary>
/// An n-dimensional index or extent, slowest axis first (z, y, x for a volume), of rank 0 to <see cref="MaxRank"/>.
/// A value type without a heap part, so that boxes can be made in hot loops. Immutable but for its indexer's setter.
/// </summary>
[SuppressMessage("Design", "CA1710", Justification = "It is an index, not a collection.")]
public struct NdIndex : IEquatable<NdIndex>
{
    /// <summary>The highest rank that any array may have.</summary>
    public const int MaxRank = 8;

    [InlineArray(MaxRank)]
    private struct Elements
    {
        private long _element0;
    }

    private Elements _elements;

    /// <summary>An index of the given values, slowest axis first.</summary>
    /// <exception cref="ArgumentException">More than <see cref="MaxRank"/> values.</exception>
    public NdIndex(params ReadOnlySpan<long> values)
    {
        if (values.Length > MaxRank)
            throw new ArgumentException($"rank: got {values.Length}, expected at most {MaxRank}.", nameof(values));
        Rank = values.Length;
        values.CopyTo(_elements);
    }

    /// <summary>The number of axes.</summary>
    public int Rank { get; private init; }

    /// <summary>The value on <paramref name="axis"/>; axis 0 is the slowest.</summary>
    public long this[int axis]
    {
        readonly get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)axis, (uint)Rank, nameof(axis));
            return _elements[axis];
        }
        set
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)axis, (uint)Rank, nameof(axis));
            _elements[axis] = value;
        }
    }

    /// <summary>An index with the same value on every axis.</summary>
    public static NdIndex Filled(int rank, long value)
    {
        var result = new NdIndex { Rank = rank };
        for (var axis = 0; axis < rank; axis++)
            result[axis] = value;
        return result;
    }

    /// <summary>The product of all values; 1 for rank 0.</summary>
    /// <exception cref="OverflowException">The product does not fit 64 bits.</exception>
    public readonly long Volume
    {
        get
        {
            var product = 1L;
            for (var axis = 0; axis < Rank; axis++)
                product = checked(product * _elements[axis]);
            return product;
        }
    }

    public readonly long[] ToArray()
    {
        ReadOnlySpan<long> all = _elements;
        return all[..Rank].ToArray();
    }

    public static NdIndex operator +(NdIndex a, in NdIndex b)
    {
        CheckRanks(a, b);
        for (var axis = 0; axis < a.Rank; axis++)
            a._elements[axis] = checked(a._elements[axis] + b._elements[axis]);
        return a;
    }

    public static NdIndex operator -(NdIndex a, in NdIndex b)
    {
        CheckRanks(a, b);
        for (var axis = 0; axis < a.Rank; axis++)
            a._elements[axis] = checked(a._elements[axis] - b._elements[axis]);
        return a;
    }

    public static NdIndex operator *(NdIndex a, in NdIndex b)
    {
        CheckRanks(a, b);
        for (var axis = 0; axis < a.Rank; axis++)
            a._elements[axis] = checked(a._elements[axis] * b._elements[axis]);
        return a;
    }

    /// <summary>Element-wise minimum.</summary>
    public static NdIndex Min(NdIndex a, in NdIndex b)
    {
        CheckRanks(a, b);
        for (var axis = 0; axis < a.Rank; axis++)
            a._elements[axis] = Math.Min(a._elements[axis], b._elements[axis]);
        return a;
    }

    /// <summary>Element-wise maximum.</summary>
    public static NdIndex Max(NdIndex a, in NdIndex b)
    {
        CheckRanks(a, b);
        for (var axis = 0; axis < a.Rank; axis++)
            a._elements[axis] = Math.Max(a._elements[axis], b._elements[axis]);
        return a;
    }

    /// <summary>Element-wise a / b rounded down; for values ≥ 0.</summary>
    public static NdIndex FloorDivide(NdIndex a, NdIndex b)
    {
        CheckRanks(a, b);
        for (var axis = 0; axis < a.Rank; axis++)
            a._elements[axis] /= b._elements[axis];
        return a;
    }

    /// <summary>Element-wise a / b rounded up; for values ≥ 0. The size of the grid that covers <paramref name="a"/>.</summary>
    public static NdIndex CeilingDivide(NdIndex a, NdIndex b)
    {
        CheckRanks(a, b);
        for (var axis = 0; axis < a.Rank; axis++)
            a._elements[axis] = checked(a._elements[axis] + b._elements[axis] - 1) / b._elements[axis];
        return a;
    }

    private static void CheckRanks(in NdIndex a, in NdIndex b)
    {
        if (a.Rank != b.Rank)
            throw new ArgumentException($"rank: got {a.Rank} and {b.Rank}, expected two equal ranks.");
    }

    public readonly bool Equals(NdIndex other)
    {
        if (Rank != other.Rank)
            return false;
        for (var axis = 0; axis < Rank; axis++)
        {
            if (_elements[axis] != other._elements[axis])
                return false;
        }

        return true;
    }

    public override readonly bool Equals(object? obj) => obj is NdIndex other && Equals(other);

    public override readonly int GetHashCode()
    {
        var hash = new HashCode();
        for (var axis = 0; axis < Rank; axis++)
            hash.Add(_elements[axis]);
        return hash.ToHashCode();
    }

    public static bool operator ==(NdIndex left, NdIndex right) => left.Equals(right);

    public static bool operator !=(NdIndex left, NdIndex right) => !left.Equals(right);

    /// <summary>"z×y×x", as in messages to people.</summary>
    public override readonly string ToString() => string.Join('×', ToArray());
}
