namespace EmPipeline.Torch.Tests.Transforms;

/// <summary>A sample by its definition: every step makes new arrays, voxel by voxel.</summary>
internal sealed class NaiveSample
{
    public required float[,,] Image { get; set; }

    public required long[,,] Labels { get; set; }

    /// <summary>Of the image and of the labels.</summary>
    public required byte[,,] Valid { get; set; }

    public required byte[,,] Known { get; set; }

    public (int Z, int Y, int X) Shape => (Image.GetLength(0), Image.GetLength(1), Image.GetLength(2));

    /// <summary>What was at the place that <paramref name="from"/> says is then at (z, y, x); outside is 0, and no label.</summary>
    public void Move((int Z, int Y, int X) shape, Func<int, int, int, (int Z, int Y, int X)> from, bool image = true, bool labels = true)
    {
        if (image)
            (Image, Valid) = (Moved(Image, shape, from), Moved(Valid, shape, from));
        if (labels)
            (Labels, Known) = (Moved(Labels, shape, from, -1), Moved(Known, shape, from));
    }

    public void Flip(int axis)
    {
        var (d, h, w) = Shape;
        Move(Shape, (z, y, x) => axis switch { 0 => (d - 1 - z, y, x), 1 => (z, h - 1 - y, x), _ => (z, y, w - 1 - x) });
    }

    public void ExchangePlane() => Move((Shape.Z, Shape.X, Shape.Y), (z, y, x) => (z, x, y));

    public void ExchangeZY() => Move((Shape.Y, Shape.Z, Shape.X), (z, y, x) => (y, z, x));

    public void Shrink(int z, int y, int x) => Move((Shape.Z - (2 * z), Shape.Y - (2 * y), Shape.X - (2 * x)), (a, b, c) => (a + z, b + y, c + x));

    public void Shift(int section, int dy, int dx) => Move(Shape, (z, y, x) => z == section ? (z, y + dy, x + dx) : (z, y, x));

    public void Repeat(int section, int other) => Move(Shape, (z, y, x) => (z == section ? other : z, y, x), labels: false);

    public void Scale(int section, float scale, float offset)
    {
        for (var y = 0; y < Shape.Y; y++)
        {
            for (var x = 0; x < Shape.X; x++)
                Image[section, y, x] = (Image[section, y, x] * scale) + offset;
        }
    }

    /// <summary>As it is written: 0 where it is not valid.</summary>
    public float[] Written() => [.. Image.Cast<float>().Zip(Valid.Cast<byte>(), (value, valid) => valid == 0 ? 0 : value)];

    private static T[,,] Moved<T>(T[,,] array, (int Z, int Y, int X) shape, Func<int, int, int, (int Z, int Y, int X)> from, T outside = default)
        where T : struct
    {
        var result = new T[shape.Z, shape.Y, shape.X];
        for (var z = 0; z < shape.Z; z++)
        {
            for (var y = 0; y < shape.Y; y++)
            {
                for (var x = 0; x < shape.X; x++)
                {
                    var at = from(z, y, x);
                    var inside = at.Z >= 0 && at.Y >= 0 && at.X >= 0 && at.Z < array.GetLength(0) && at.Y < array.GetLength(1) && at.X < array.GetLength(2);
                    result[z, y, x] = inside ? array[at.Z, at.Y, at.X] : outside;
                }
            }
        }

        return result;
    }
}
