namespace EmPipeline.Demo.Texture;

/// <summary>
/// The cells of the tissue: a periodic power diagram of jittered seeds seen through a smooth warp, so that cells differ in size and their
/// walls bend. Kept at half the resolution; the distance to the wall is interpolated. Immutable.
/// </summary>
internal sealed class CellField
{
    /// <summary>Voxels that hold <see cref="CellsPerUnit"/> cells on each axis; every size is a multiple of it.</summary>
    public const int Unit = 128;

    private const int CellsPerUnit = 3;
    private const float Grid = (float)Unit / CellsPerUnit;

    // Images of the cells of the neighbouring periods around the volume, so that every voxel finds its 27 candidates.
    private const int Ring = 2;

    private readonly int _depth;
    private readonly int _height;
    private readonly int _width;
    private readonly float[] _distance;
    private readonly short[] _owner;

    public CellField(int depth, int height, int width, uint seed)
    {
        var (cellsZ, cellsY, cellsX) = (depth / Unit * CellsPerUnit, height / Unit * CellsPerUnit, width / Unit * CellsPerUnit);
        Count = cellsZ * cellsY * cellsX;
        var candidates = PlaceSeeds(cellsZ, cellsY, cellsX, seed);
        Seeds = [.. candidates.Where(s => s.Z >= 0 && s.Z < depth && s.Y >= 0 && s.Y < height && s.X >= 0 && s.X < width)];
        (_depth, _height, _width) = (depth / 2, height / 2, width / 2);
        _distance = new float[_depth * _height * _width];
        _owner = new short[_distance.Length];
        var (coarse, fine) = (new ValueNoise[3], new ValueNoise[3]);
        for (var axis = 0u; axis < 3; axis++)
        {
            coarse[axis] = new ValueNoise(_depth, _height, _width, 16, seed + 11 + axis);
            fine[axis] = new ValueNoise(_depth, _height, _width, 8, seed + 21 + axis);
        }

        Parallel.For(0, _depth, z =>
        {
            float[][] warp = [new float[_width], new float[_width], new float[_width]];
            for (var y = 0; y < _height; y++)
            {
                for (var axis = 0; axis < 3; axis++)
                {
                    Array.Clear(warp[axis]);
                    coarse[axis].AddRow(z, y, 14f, warp[axis]);
                    fine[axis].AddRow(z, y, 5f, warp[axis]);
                }

                var at = ((z * _height) + y) * _width;
                for (var x = 0; x < _width; x++)
                {
                    (_distance[at + x], _owner[at + x]) = Nearest(
                        candidates, (2 * z) + warp[0][x], (2 * y) + warp[1][x], (2 * x) + warp[2][x], cellsY + (2 * Ring), cellsX + (2 * Ring));
                }
            }
        });
    }

    /// <summary>The number of cells.</summary>
    public int Count { get; }

    /// <summary>The seeds inside the volume, one for each cell.</summary>
    public IReadOnlyList<CellSeed> Seeds { get; }

    /// <summary>The number of the cell that holds this voxel.</summary>
    public int Owner(int z, int y, int x) => OwnerRow(z, y)[x >> 1];

    /// <summary>The distance of this voxel to the nearest cell wall, voxels, not interpolated.</summary>
    public float Distance(int z, int y, int x) => Row(z >> 1, y >> 1)[x >> 1];

    /// <summary>The owners along x at half resolution.</summary>
    public ReadOnlySpan<short> OwnerRow(int z, int y) => _owner.AsSpan((((z >> 1) * _height) + (y >> 1)) * _width, _width);

    /// <summary>The distance to the nearest cell wall along x, voxels.</summary>
    /// <param name="half">Scratch of row.Length / 2 + 1.</param>
    public void DistanceRow(int z, int y, Span<float> row, Span<float> half)
    {
        var (z0, y0) = (z >> 1, y >> 1);
        var (z1, y1) = ((z0 + (z & 1)) % _depth, (y0 + (y & 1)) % _height);
        var a = Row(z0, y0);
        var b = Row(z0, y1);
        var c = Row(z1, y0);
        var d = Row(z1, y1);
        for (var x = 0; x < a.Length; x++)
            half[x] = 0.25f * (a[x] + b[x] + (c[x] + d[x]));
        half[a.Length] = half[0];
        for (var x = 0; x < row.Length; x++)
            row[x] = 0.5f * (half[x >> 1] + half[(x + 1) >> 1]);
    }

    private ReadOnlySpan<float> Row(int z, int y) => _distance.AsSpan(((z * _height) + y) * _width, _width);

    // One seed in each grid cell, so that a voxel's nearest two are among the 27 grid cells around it.
    private static CellSeed[] PlaceSeeds(int cellsZ, int cellsY, int cellsX, uint seed)
    {
        var (height, width) = (cellsY + (2 * Ring), cellsX + (2 * Ring));
        var seeds = new CellSeed[(cellsZ + (2 * Ring)) * height * width];
        for (var i = 0; i < seeds.Length; i++)
        {
            var (z, y, x) = ((i / (height * width)) - Ring, (i / width % height) - Ring, (i % width) - Ring);
            var (homeZ, homeY, homeX) = ((z + cellsZ) % cellsZ, (y + cellsY) % cellsY, (x + cellsX) % cellsX);
            float Random(uint what) => Hash.Unit(homeZ, homeY, homeX, seed + what);

            // Kept off the grid cell's sides: a seed two cells away must not be nearer than those that are searched.
            float Jitter(uint what) => 0.1f + (0.8f * Random(what));

            var large = Random(4);
            seeds[i] = new CellSeed(
                (((homeZ * cellsY) + homeY) * cellsX) + homeX,
                (z + Jitter(1)) * Grid, (y + Jitter(2)) * Grid, (x + Jitter(3)) * Grid, 0.4f * Grid * Grid * large * large);
        }

        return seeds;
    }

    private static (float Distance, short Owner) Nearest(CellSeed[] seeds, float z, float y, float x, int gridHeight, int gridWidth)
    {
        var (cz, cy, cx) = ((int)((z / Grid) + Ring), (int)((y / Grid) + Ring), (int)((x / Grid) + Ring));
        var (first, second) = (float.MaxValue, float.MaxValue);
        var (nearest, next) = (0, 0);
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
                        (second, next, first, nearest) = (first, nearest, power, i);
                    else if (power < second)
                        (second, next) = (power, i);
                }
            }
        }

        // The plane between two seeds is at (difference of powers) / (2 × distance of the seeds).
        ref var p = ref seeds[nearest];
        ref var q = ref seeds[next];
        var (bz, by, bx) = (p.Z - q.Z, p.Y - q.Y, p.X - q.X);
        return ((second - first) / (2f * MathF.Sqrt((bz * bz) + (by * by) + (bx * bx))), (short)p.Cell);
    }
}
