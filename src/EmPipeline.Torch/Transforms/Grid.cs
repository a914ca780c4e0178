using EmPipeline.Volumes;

namespace EmPipeline.Torch.Transforms;

/// <summary>The extent of one sample's memory, z, y, x, C order. What fits memory fits an int.</summary>
internal readonly record struct Grid(int Z, int Y, int X)
{
    public int Length => checked(Z * Y * X);

    public int Plane => Y * X;

    public static Grid Of(in NdIndex shape) => new(checked((int)shape[0]), checked((int)shape[1]), checked((int)shape[2]));

    public static Grid operator +(Grid a, Grid b) => new(a.Z + b.Z, a.Y + b.Y, a.X + b.X);

    public static Grid operator -(Grid a, Grid b) => new(a.Z - b.Z, a.Y - b.Y, a.X - b.X);

    public static Grid operator *(int n, Grid a) => new(n * a.Z, n * a.Y, n * a.X);

    public static Grid Max(Grid a, Grid b) => new(Math.Max(a.Z, b.Z), Math.Max(a.Y, b.Y), Math.Max(a.X, b.X));

    public Grid Half() => new(Z / 2, Y / 2, X / 2);

    public int At(int z, int y, int x) => (((z * Y) + y) * X) + x;

    public NdIndex ToIndex() => new(Z, Y, X);

    public override string ToString() => $"{Z}×{Y}×{X}";
}
