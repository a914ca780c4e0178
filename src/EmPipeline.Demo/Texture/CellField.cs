namespace EmPipeline.Demo.Texture;

/// <summary>
/// The cells of the tissue: a power diagram of jittered seeds seen through a smooth warp, so that cells differ in size and their walls
/// bend. Kept at half the resolution; the distance to the wall is interpolated. Immutable.
/// </summary>
internal sealed class CellField
{
    /// <summary>Mean distance of neighbouring seeds, voxels.</summary>
    private const int Grid = 42;

    private readonly int _height;
    private readonly int _width;
    private readonly float[] _distance;
    private readonly short[] _owner;

    public CellField(int depth, int height, int width, uint seed)
    {
        Seeds = PlaceSeeds(depth, height, width, seed, out var gridHeight, out var gridWidth);
        (_height, _width) = ((height / 2) + 1, (width / 2) + 1);
        var halfDepth = (depth / 2) + 1;
        _distance = new float[halfDepth * _height * _width];
        _owner = new short[_distance.Length];
        var coarse = new ValueNoise[3];
        var fine = new ValueNoise[3];
        for (var axis = 0u; axis < 3; axis++)
        {
            coarse[axis] = new ValueNoise(halfDepth, _height, _width, 20, seed + 11 + axis);
            fine[axis] = new ValueNoise(halfDepth, _height, _width, 7, seed + 21 + axis);
        }

        Parallel.For(0, halfDepth, z =>
        {
            var warp = new float[3][];
            for (var axis = 0; axis < 3; axis++)
                warp[axis] = new float[_width];
            for (var y = 0; y < _height; y++)
            {
                for (var axis = 0; axis < 3; axis++)
                {
                    Array.Clear(warp[axis]);
                    coarse[axis].AddRow(z, y, 17f, warp[axis]);
                    fine[axis].AddRow(z, y, 5f, warp[axis]);
                }

                for (var x = 0; x < _width; x++)
                {
                    var i = (((z * _height) + y) * _width) + x;
                    (_distance[i], _owner[i]) = Nearest((2 * z) + warp[0][x], (2 * y) + warp[1][x], (2 * x) + warp[2][x], gridHeight, gridWidth);
                }
            }
        });
    }

    public IReadOnlyList<CellSeed> Seeds { get; }

    /// <summary>The index of the seed whose cell holds this voxel.</summary>
    public int Owner(int z, int y, int x) => _owner[((((z >> 1) * _height) + (y >> 1)) * _width) + (x >> 1)];

    /// <summary>The owners along x at half resolution.</summary>
    public ReadOnlySpan<short> OwnerRow(int z, int y) => _owner.AsSpan((((z >> 1) * _height) + (y >> 1)) * _width, _width);

    /// <summary>The distance to the nearest cell wall along x, voxels.</summary>
    /// <param name="half">Scratch of at least row.Length / 2 + 1.</param>
    public void DistanceRow(int z, int y, Span<float> row, Span<float> half)
    {
        var (z0, y0) = (z >> 1, y >> 1);
        var (z1, y1) = (z0 + (z & 1), y0 + (y & 1));
        var a = Row(z0, y0);
        var b = Row(z0, y1);
        var c = Row(z1, y0);
        var d = Row(z1, y1);
        for (var x = 0; x < a.Length; x++)
            half[x] = 0.25f * (a[x] + b[x] + (c[x] + d[x]));
        for (var x = 0; x < row.Length; x++)
            row[x] = 0.5f * (half[x >> 1] + half[(x + 1) >> 1]);
    }

    private ReadOnlySpan<float> Row(int z, int y) => _distance.AsSpan(((z * _height) + y) * _width, _width);

    // One seed for each grid cell, and a ring of cells around the volume so that every voxel has its 27 candidates.
    private static CellSeed[] PlaceSeeds(int depth, int height, int width, uint seed, out int gridHeight, out int gridWidth)
    {
        const int Ring = 2;
        var gridDepth = (depth / Grid) + 1 + (2 * Ring);
        (gridHeight, gridWidth) = ((height / Grid) + 1 + (2 * Ring), (width / Grid) + 1 + (2 * Ring));
        var seeds = new CellSeed[gridDepth * gridHeight * gridWidth];
        for (var i = 0; i < seeds.Length; i++)
        {
            var (z, y, x) = (i / (gridHeight * gridWidth), i / gridWidth % gridHeight, i % gridWidth);
            var large = Hash.Unit(z, y, x, seed + 4);
            seeds[i] = new CellSeed(
                (z - Ring + Hash.Unit(z, y, x, seed + 1)) * Grid,
                (y - Ring + Hash.Unit(z, y, x, seed + 2)) * Grid,
                (x - Ring + Hash.Unit(z, y, x, seed + 3)) * Grid,
                0.6f * Grid * Grid * large * large * large);
        }

        return seeds;
    }

    private (float Distance, short Owner) Nearest(float z, float y, float x, int gridHeight, int gridWidth)
    {
        var seeds = (CellSeed[])Seeds;
        var (cz, cy, cx) = ((int)((z / Grid) + 2f), (int)((y / Grid) + 2f), (int)((x / Grid) + 2f));
        var (first, second) = (float.MaxValue, float.MaxValue);
        var (owner, other) = (0, 0);
        for (var dz = -1; dz <= 1; dz++)
        {
            for (var dy = -1; dy <= 1; dy++)
            {
                var i = ((((cz + dz) * gridHeight) + cy + dy) * gridWidth) + cx - 1;
                for (var end = i + 3; i < end; i++)
                {
                    ref var s = ref seeds[i];
                    var (az, ay, ax) = (s.Z - z, s.Y - y, s.X - x);
                    var power = (az * az) + (ay * ay) + (ax * ax) - s.Weight;
                    if (power < first)
                        (second, other, first, owner) = (first, owner, power, i);
                    else if (power < second)
                        (second, other) = (power, i);
                }
            }
        }

        // The plane between two seeds is at (difference of powers) / (2 × distance of the seeds).
        var (p, q) = (seeds[owner], seeds[other]);
        var (bz, by, bx) = (p.Z - q.Z, p.Y - q.Y, p.X - q.X);
        return ((second - first) / (2f * MathF.Sqrt((bz * bz) + (by * by) + (bx * bx))), (short)owner);
    }
}
