using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using EmPipeline.Torch.Targets;
using EmPipeline.Torch.Transforms;
using EmPipeline.Volumes;

namespace EmPipeline.Torch;

/// <summary>
/// 1 where one of the next <see cref="Thickness"/> voxels along an axis, in either direction, has another id; the background is an id as any other.
/// Certain where the voxel is annotated and one that differs was seen, or all that were looked at are annotated. uint8.
/// </summary>
public sealed record Boundary : Target
{
    public Boundary() : base("boundary")
    {
    }

    /// <summary>Which of these voxels. All unless set.</summary>
    public BoundaryMode Mode { get; init; } = BoundaryMode.Thick;

    /// <summary>Voxels along z, y, x; 0: not along this axis. 1, 1, 1 unless set.</summary>
    public NdIndex Thickness { get; init; } = NdIndex.Filled(3, 1);

    public override NdIndex Halo(VoxelSize voxelSize) => Thickness.Rank == 3 && Thickness[0] >= 0 && Thickness[1] >= 0 && Thickness[2] >= 0
        ? Thickness
        : throw new EmException(Fault.Configuration, $"Boundary: got Thickness {Thickness}, expected three numbers of voxels, 0 or more.");

    private protected override void Make<T>(LabelIds ids, Span<byte> values, Span<byte> mask)
    {
        var numbers = ids.Numbers<T>();
        var (shape, margin, wanted) = (ids.Shape, ids.Margin, ids.Wanted);
        var (value, certain) = (Lanes.Row<T>(wanted.X), Lanes.Row<T>(wanted.X));
        var steps = Steps(shape);
        for (var z = 0; z < wanted.Z; z++)
        {
            for (var y = 0; y < wanted.Y; y++)
            {
                Row(numbers, shape.At(z + margin.Z, y + margin.Y, margin.X), wanted.X, steps, value, certain);
                var to = wanted.At(z, y, 0);
                Lanes.Narrow<T>(value, values.Slice(to, wanted.X));
                if (ids.HasUnknown)
                    Lanes.Narrow<T>(certain, mask.Slice(to, wanted.X));
            }
        }
    }

    // How far away in memory each voxel is that is looked at.
    private int[] Steps(Grid shape)
    {
        var steps = new List<int>();
        int[] strides = [shape.Plane, shape.X, 1];
        for (var axis = 0; axis < 3; axis++)
        {
            for (var step = 1; step <= Thickness[axis]; step++)
                steps.AddRange([-step * strides[axis], step * strides[axis]]);
        }

        return [.. steps];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Row<T>(ReadOnlySpan<T> numbers, int first, int length, int[] steps, Span<T> value, Span<T> certain)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        ref var from = ref MemoryMarshal.GetReference(numbers);
        ref var toValue = ref MemoryMarshal.GetReference(value);
        ref var toCertain = ref MemoryMarshal.GetReference(certain);
        var unknown = Vector256.Create(T.MaxValue);
        var onObjects = Mode == BoundaryMode.Outer ? Vector256<T>.Zero : Vector256<T>.AllBitsSet;
        var onBackground = Mode == BoundaryMode.Inner ? Vector256<T>.Zero : Vector256<T>.AllBitsSet;
        for (var x = 0; x < length; x += Vector256<T>.Count)
        {
            var id = Vector256.LoadUnsafe(ref from, (nuint)(first + x));
            var (differs, unseen) = (Vector256<T>.Zero, Vector256<T>.Zero);
            foreach (var step in steps)
            {
                var other = Vector256.LoadUnsafe(ref from, (nuint)(first + x + step));
                var isUnknown = Vector256.Equals(other, unknown);
                unseen |= isUnknown;
                differs |= ~(Vector256.Equals(id, other) | isUnknown);
            }

            var known = ~Vector256.Equals(id, unknown);
            var wanted = Vector256.ConditionalSelect(Vector256.Equals(id, Vector256<T>.Zero), onBackground, onObjects);
            (differs & known & wanted).StoreUnsafe(ref toValue, (nuint)x);
            (known & (differs | ~unseen | ~wanted)).StoreUnsafe(ref toCertain, (nuint)x);
        }
    }
}
