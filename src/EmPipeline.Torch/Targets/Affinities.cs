using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using EmPipeline.Torch.Targets;
using EmPipeline.Volumes;

namespace EmPipeline.Torch;

/// <summary>
/// A channel an offset: 1 where the voxel and the one at voxel + offset belong to the same object, 0 where they do not; the background is no
/// object. Certain where both are annotated. uint8.
/// </summary>
public sealed record Affinities : Target
{
    public Affinities() : base("affinities")
    {
    }

    /// <summary>z, y, x, each of any length and sign. The nearest neighbours towards the origin unless set: (-1, 0, 0), (0, -1, 0), (0, 0, -1).</summary>
    public IReadOnlyList<NdIndex> Offsets { get; init; } = [new(-1, 0, 0), new(0, -1, 0), new(0, 0, -1)];

    public override int Channels => Offsets.Count;

    public override NdIndex Halo(VoxelSize voxelSize)
    {
        var halo = NdIndex.Filled(3, 0);
        if (Offsets.Count == 0 || Offsets.Any(offset => offset.Rank != 3 || offset.ToArray().Contains(long.MinValue)))
            throw new EmException(Fault.Configuration, $"Affinities: got Offsets {string.Join(", ", Offsets)}, expected one or more of three numbers of voxels, z, y, x.");
        foreach (var offset in Offsets)
            halo = NdIndex.Max(halo, new NdIndex(Math.Abs(offset[0]), Math.Abs(offset[1]), Math.Abs(offset[2])));
        return halo;
    }

    private protected override void Make<T>(LabelIds ids, Span<byte> values, Span<byte> mask)
    {
        var numbers = ids.Numbers<T>();
        var (shape, margin, wanted) = (ids.Shape, ids.Margin, ids.Wanted);
        var (same, known) = (Lanes.Row<T>(wanted.X), Lanes.Row<T>(wanted.X));
        for (var channel = 0; channel < Channels; channel++)
        {
            var offset = Offsets[channel];
            var step = shape.At((int)offset[0], (int)offset[1], (int)offset[2]);
            for (var z = 0; z < wanted.Z; z++)
            {
                for (var y = 0; y < wanted.Y; y++)
                {
                    Row(numbers, shape.At(z + margin.Z, y + margin.Y, margin.X), step, wanted.X, same, known);
                    var to = (channel * wanted.Length) + wanted.At(z, y, 0);
                    Lanes.Narrow<T>(same, values.Slice(to, wanted.X));
                    if (ids.HasUnknown)
                        Lanes.Narrow<T>(known, mask.Slice(to, wanted.X));
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Row<T>(ReadOnlySpan<T> numbers, int first, int step, int length, Span<T> same, Span<T> known)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        ref var from = ref MemoryMarshal.GetReference(numbers);
        ref var toSame = ref MemoryMarshal.GetReference(same);
        ref var toKnown = ref MemoryMarshal.GetReference(known);
        var unknown = Vector256.Create(T.MaxValue);
        for (var x = 0; x < length; x += Vector256<T>.Count)
        {
            var id = Vector256.LoadUnsafe(ref from, (nuint)(first + x));
            var other = Vector256.LoadUnsafe(ref from, (nuint)(first + x + step));
            var noObject = Vector256.Equals(id, Vector256<T>.Zero) | Vector256.Equals(id, unknown);
            (Vector256.Equals(id, other) & ~noObject).StoreUnsafe(ref toSame, (nuint)x);
            (~(Vector256.Equals(id, unknown) | Vector256.Equals(other, unknown))).StoreUnsafe(ref toKnown, (nuint)x);
        }
    }
}
