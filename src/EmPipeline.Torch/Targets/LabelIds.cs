using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using EmPipeline.Torch.Transforms;
using EmPipeline.Volumes;

namespace EmPipeline.Torch.Targets;

/// <summary>
/// The ids of one sample's label volume, numbered anew so that a number takes two bytes (four where there are more than 65,534 ids) and every
/// target reads a quarter of the memory: 0 is the background, the type's largest is "unknown". Its memory is used again. Not for concurrent use.
/// </summary>
internal sealed class LabelIds
{
    // Kernels read whole vectors: what lies beyond the last row's end is not used.
    private const int Slack = 64;
    private readonly IdNumbers _numbers = new();
    private ushort[] _narrow = [];
    private uint[] _wide = [];

    /// <summary>The extent, margin included.</summary>
    public Grid Shape { get; private set; }

    /// <summary>The voxels around what is wanted.</summary>
    public Grid Margin { get; private set; }

    /// <summary>The extent without the margin.</summary>
    public Grid Wanted => Shape - (2 * Margin);

    public VoxelSize VoxelSize { get; private set; }

    /// <summary>Whether numbers take four bytes.</summary>
    public bool IsWide { get; private set; }

    /// <summary>Whether any is unknown.</summary>
    public bool HasUnknown { get; private set; }

    /// <summary>Room to find distances in.</summary>
    public DistanceTransform Distances { get; } = new();

    /// <summary>The ids by number; background first.</summary>
    public ReadOnlySpan<long> Ids => _numbers.Ids;

    /// <summary>The numbers, uint16 or uint32, C order; readable for another 64 elements.</summary>
    public ReadOnlySpan<T> Numbers<T>()
        where T : unmanaged => typeof(T) == typeof(ushort) ? MemoryMarshal.Cast<ushort, T>(_narrow) : MemoryMarshal.Cast<uint, T>(_wide);

    /// <param name="known">1 where annotated; empty: everywhere.</param>
    /// <param name="shape">Of <paramref name="labels"/>.</param>
    /// <param name="margin">How much of it lies around what is wanted.</param>
    public void Take(ReadOnlySpan<long> labels, ReadOnlySpan<byte> known, Grid shape, Grid margin, VoxelSize voxelSize)
    {
        (Shape, Margin, VoxelSize, HasUnknown) = (shape, margin, voxelSize, false);
        IsWide = !TryTake(labels, known, Buffers.Grow(ref _narrow, shape.Length + Slack));
        if (IsWide && !TryTake(labels, known, Buffers.Grow(ref _wide, shape.Length + Slack)))
            throw new InvalidOperationException("More ids than voxels.");
    }

    private bool TryTake<T>(ReadOnlySpan<long> labels, ReadOnlySpan<byte> known, T[] numbers)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        _numbers.Clear();
        if (!TryNumber(labels, numbers))
            return false;
        if (!known.IsEmpty)
            Blank(known, numbers);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool TryNumber<T>(ReadOnlySpan<long> ids, Span<T> numbers)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        var most = uint.CreateTruncating(T.MaxValue);
        var i = 0;
        while (i < ids.Length)
        {
            var id = ids[i];
            var number = _numbers.Of(id);
            if (number >= most)
                return false;

            // Neighbours are mostly the same.
            var start = i++;
            var same = Vector256.Create(id);
            while (i <= ids.Length - Vector256<long>.Count && Vector256.EqualsAll(Vector256.LoadUnsafe(in ids[i]), same))
                i += Vector256<long>.Count;
            while (i < ids.Length && ids[i] == id)
                i++;
            numbers[start..i].Fill(T.CreateTruncating(number));
        }

        return true;
    }

    private void Blank<T>(ReadOnlySpan<byte> known, Span<T> numbers)
        where T : unmanaged, IMinMaxValue<T>
    {
        for (var at = known.IndexOf((byte)0); at >= 0;)
        {
            var length = known[at..].IndexOfAnyExcept((byte)0);
            var end = length < 0 ? known.Length : at + length;
            numbers[at..end].Fill(T.MaxValue);
            HasUnknown = true;
            var next = known[end..].IndexOf((byte)0);
            at = next < 0 ? -1 : end + next;
        }
    }
}
