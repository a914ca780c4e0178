using EmPipeline.Torch.Targets;
using EmPipeline.Torch.Transforms;
using EmPipeline.Volumes;

namespace EmPipeline.Torch.Tests.Targets;

/// <summary>A label volume with a margin around what is wanted, as arrays, and what a target makes of it.</summary>
internal sealed class Labelled
{
    // Used again and again, as a loader's worker does.
    private static readonly ThreadLocal<Sample> Memory = new(() => new Sample());
    private static readonly long[] Pool = [0, 7, (1L << 60) + 1, (1L << 60) + 2, -1, long.MinValue];

    public required long[,,] Ids { get; init; }

    public required byte[,,] Known { get; init; }

    public required Grid Margin { get; init; }

    public VoxelSize VoxelSize { get; init; } = new(8, 8, 8);

    public Grid Shape => new(Ids.GetLength(0), Ids.GetLength(1), Ids.GetLength(2));

    public Grid Wanted => Shape - (2 * Margin);

    /// <summary>Ids in clumps: background, ids that only 64 bits tell apart, and those of uint64 from 2⁶³ on.</summary>
    /// <param name="unknown">How many of a hundred clumps are unknown.</param>
    public static Labelled Random(Grid wanted, Grid margin, int seed, int unknown, VoxelSize? voxelSize = null)
    {
        var random = new Random(seed);
        var shape = wanted + (2 * margin);
        var made = new Labelled { Ids = new long[shape.Z, shape.Y, shape.X], Known = new byte[shape.Z, shape.Y, shape.X], Margin = margin, VoxelSize = voxelSize ?? new VoxelSize(8, 8, 8) };
        made.Each((z, y, x) =>
        {
            var like = x > 0 && random.Next(3) > 0 ? (z, y, x - 1) : y > 0 && random.Next(3) > 0 ? (z, y - 1, x) : (z, y, x);
            var fresh = like == (z, y, x);
            made.Ids[z, y, x] = fresh ? Pool[random.Next(Pool.Length)] : made.Ids[like.Item1, like.Item2, like.Item3];
            made.Known[z, y, x] = fresh ? (byte)(random.Next(100) < unknown ? 0 : 1) : made.Known[like.Item1, like.Item2, like.Item3];
        });
        return made;
    }

    /// <summary>The same with all known, and some ids where nothing was.</summary>
    public Labelled Completed(int seed)
    {
        var random = new Random(seed);
        var completed = new Labelled { Ids = (long[,,])Ids.Clone(), Known = new byte[Shape.Z, Shape.Y, Shape.X], Margin = Margin, VoxelSize = VoxelSize };
        completed.Each((z, y, x) =>
        {
            completed.Known[z, y, x] = 1;
            if (Known[z, y, x] == 0)
                completed.Ids[z, y, x] = Pool[random.Next(Pool.Length)];
        });
        return completed;
    }

    public Labelled Flipped(int axis)
    {
        var flipped = new Labelled { Ids = new long[Shape.Z, Shape.Y, Shape.X], Known = new byte[Shape.Z, Shape.Y, Shape.X], Margin = Margin, VoxelSize = VoxelSize };
        Each((z, y, x) =>
        {
            var (a, b, c) = (axis == 0 ? Shape.Z - 1 - z : z, axis == 1 ? Shape.Y - 1 - y : y, axis == 2 ? Shape.X - 1 - x : x);
            (flipped.Ids[a, b, c], flipped.Known[a, b, c]) = (Ids[z, y, x], Known[z, y, x]);
        });
        return flipped;
    }

    public (byte[] Values, byte[] Mask) Make(Target target)
    {
        var sample = Sample();
        var program = new TargetProgram([target], ["label"], VoxelSize);
        var length = target.Channels * Wanted.Length;
        var (values, mask) = (new byte[length * (target.IsFloat ? sizeof(float) : 1)], new byte[length]);
        values.AsSpan().Fill(77);
        mask.AsSpan().Fill(77);
        program.Begin(sample, Margin);
        program.Make(sample, 0, values, mask);
        return (values, mask);
    }

    public Sample Sample()
    {
        var sample = Memory.Value!;
        sample.Begin(Shape.ToIndex(), VoxelType.UInt8, 0, 1, VoxelSize, 1);
        sample.SetWhole(0);
        sample.SetWhole(1);
        Ids.Cast<long>().ToArray().CopyTo(sample.Labels(0));
        if (Known.Cast<byte>().Contains((byte)0))
            Known.Cast<byte>().ToArray().CopyTo(sample.Mask(1));
        return sample;
    }

    public void Each(Action<int, int, int> body) => Each(Shape, default, body);

    /// <summary>What is wanted, as places of the arrays.</summary>
    public void EachWanted(Action<int, int, int> body) => Each(Wanted, Margin, body);

    private static void Each(Grid shape, Grid first, Action<int, int, int> body)
    {
        for (var z = 0; z < shape.Z; z++)
        {
            for (var y = 0; y < shape.Y; y++)
            {
                for (var x = 0; x < shape.X; x++)
                    body(first.Z + z, first.Y + y, first.X + x);
            }
        }
    }
}
