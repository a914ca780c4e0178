using System.Numerics;
using System.Runtime.InteropServices;
using EmPipeline.Torch.Targets;
using EmPipeline.Torch.Transforms;
using EmPipeline.Volumes;

namespace EmPipeline.Torch;

/// <summary>
/// The Euclidean distance in nm from the voxel's centre to the nearest centre of a voxel with another id, at most <see cref="MaxDistance"/>; in the
/// background, where signed, its negative. Exact, as far as float32 is, at any voxel size. Certain where the voxel is annotated and nothing that is
/// not annotated is as near. float32.
/// </summary>
public sealed record Distance : Target
{
    public Distance() : base("distance")
    {
    }

    /// <summary>In nm, greater than 0. What lies further counts as this far. 100 unless set. The halo is as large.</summary>
    public double MaxDistance { get; init; } = 100;

    /// <summary>Whether the background is negative. It is unless set otherwise.</summary>
    public bool IsSigned { get; init; } = true;

    public override bool IsFloat => true;

    public override NdIndex Halo(VoxelSize voxelSize)
    {
        if (!double.IsFinite(MaxDistance) || MaxDistance <= 0)
            throw new EmException(Fault.Configuration, $"Distance: got MaxDistance {MaxDistance}, expected more than 0 nm.");
        if (voxelSize is not { Z: > 0 and var z, Y: > 0 and var y, X: > 0 and var x })
            throw new EmException(Fault.Configuration, $"Distance: got voxels of {voxelSize}, expected a known size. State it in pipeline.yaml.");
        return new NdIndex(Voxels(z), Voxels(y), Voxels(x));

        long Voxels(double size) => (long)Math.Floor((MaxDistance / size) + 1e-9);
    }

    private protected override void Make<T>(LabelIds ids, Span<byte> values, Span<byte> mask)
    {
        // No more of the margin than it takes.
        var halo = Grid.Of(Halo(ids.VoxelSize));
        var numbers = ids.Numbers<T>();
        var distances = MemoryMarshal.Cast<byte, float>(values);
        var (shape, margin, wanted, transform) = (ids.Shape, ids.Margin, ids.Wanted, ids.Distances);
        transform.Run(numbers, shape, margin - halo, ofUnknown: false, ids.VoxelSize, MaxDistance);
        for (var row = 0; row < wanted.Z * wanted.Y; row++)
        {
            var (z, y) = (row / wanted.Y, row % wanted.Y);
            var squares = transform.Row(z + halo.Z, y + halo.Y)[halo.X..];
            Signed(squares, numbers[shape.At(z + margin.Z, y + margin.Y, margin.X)..], transform.Far, distances.Slice(row * wanted.X, wanted.X));
        }

        if (!ids.HasUnknown)
            return;
        transform.Run(numbers, shape, margin - halo, ofUnknown: true, ids.VoxelSize, MaxDistance);
        for (var row = 0; row < wanted.Z * wanted.Y; row++)
        {
            var (z, y) = (row / wanted.Y, row % wanted.Y);
            var squares = transform.Row(z + halo.Z, y + halo.Y)[halo.X..];
            Certain(squares, numbers[shape.At(z + margin.Z, y + margin.Y, margin.X)..], transform.Far, distances.Slice(row * wanted.X, wanted.X), mask.Slice(row * wanted.X, wanted.X));
        }
    }

    private void Signed<T>(ReadOnlySpan<float> squares, ReadOnlySpan<T> numbers, float far, Span<float> distances)
        where T : unmanaged, IBinaryInteger<T>
    {
        for (var x = 0; x < distances.Length; x++)
        {
            var distance = squares[x] >= far ? (float)MaxDistance : MathF.Sqrt(squares[x]);
            distances[x] = IsSigned && numbers[x] == T.Zero ? -distance : distance;
        }
    }

    // Both distances come of the same steps, so that they are equal to the last bit where the nearest voxel is one that is not annotated.
    private static void Certain<T>(ReadOnlySpan<float> toUnknown, ReadOnlySpan<T> numbers, float far, ReadOnlySpan<float> distances, Span<byte> mask)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        for (var x = 0; x < mask.Length; x++)
        {
            var isCertain = numbers[x] != T.MaxValue && (toUnknown[x] >= far || MathF.Abs(distances[x]) < MathF.Sqrt(toUnknown[x]));
            mask[x] = isCertain ? (byte)1 : (byte)0;
        }
    }
}
