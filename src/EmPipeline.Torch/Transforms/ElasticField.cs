using System.Numerics;
using System.Runtime.CompilerServices;
using EmPipeline.Volumes;

namespace EmPipeline.Torch.Transforms;

/// <summary>
/// Where each voxel of a deformed sample comes from, row by row: uniform cubic B-splines over control points, first joined along z, for a plane,
/// then along y, for a row. Used by one thread.
/// </summary>
internal sealed class ElasticField
{
    // A spline's piece goes from the second of its four points to the third.
    private const int Points = 4;
    private static readonly int Lanes = Vector<float>.Count;
    private readonly Grid _read;
    private readonly Grid _margin;
    private readonly Grid _spacing;
    private readonly Grid _grid;
    private readonly float[] _control;
    private readonly float[] _plane;
    private readonly float[] _row;
    private readonly float[] _ramp;
    private int _z;

    /// <param name="read">The extent that is deformed.</param>
    /// <param name="margin">How much of it is lost on each side: not less than the displacement, and a voxel more where there is any.</param>
    /// <param name="spacing">Voxels between control points.</param>
    /// <param name="displacement">The most along each axis.</param>
    public ElasticField(Grid read, Grid margin, Grid spacing, (double Z, double Y, double X) displacement, ref SplitMix64 random)
    {
        (_read, _margin, _spacing, Shape) = (read, margin, spacing, read - (2 * margin));
        ArgumentOutOfRangeException.ThrowIfLessThan(Math.Min(Shape.Z, Math.Min(Shape.Y, Shape.X)), 1, nameof(read));
        _grid = new Grid(((Shape.Z - 1) / spacing.Z) + Points, ((Shape.Y - 1) / spacing.Y) + Points, ((Shape.X - 1) / spacing.X) + Points);
        _control = new float[3 * _grid.Length];
        for (var axis = 0; axis < 3; axis++)
        {
            var most = axis switch { 0 => displacement.Z, 1 => displacement.Y, _ => displacement.X };
            foreach (ref var point in _control.AsSpan(axis * _grid.Length, _grid.Length))
                point = (float)Draw.Between(ref random, (-most, most));
        }

        (_plane, _row, _ramp) = (new float[3 * _grid.Plane], new float[3 * _grid.X], new float[Lanes]);
        for (var lane = 0; lane < Lanes; lane++)
            _ramp[lane] = lane;
        var length = Shape.X + Lanes;
        (Displacement, Part) = ([new float[length], new float[length], new float[length]], [new float[length], new float[length], new float[length]]);
        (First, Nearest) = (new int[length], new int[length]);
    }

    /// <summary>What is left of the extent.</summary>
    public Grid Shape { get; }

    /// <summary>From one voxel to the next along z, y, x; 0 where nothing is displaced.</summary>
    public (int Z, int Y, int X) Strides => (_margin.Z == 0 ? 0 : _read.Plane, _margin.Y == 0 ? 0 : _read.X, _margin.X == 0 ? 0 : 1);

    /// <summary>Of the row: the number of the lower of the voxels that each lies between.</summary>
    public int[] First { get; }

    /// <summary>Of the row: the number of the voxel that each is nearest to.</summary>
    public int[] Nearest { get; }

    /// <summary>Of the row, along z, y, x: how far each is from <see cref="First"/> on, 0 … 1.</summary>
    public float[][] Part { get; }

    private float[][] Displacement { get; }

    /// <summary>Joins the control points for a plane.</summary>
    public void Plane(int z)
    {
        _z = z;
        var (cell, at) = Math.DivRem(z, _spacing.Z);
        var (a, b, c, d) = Weights((float)at / _spacing.Z);
        for (var axis = 0; axis < 3; axis++)
        {
            var from = _control.AsSpan((axis * _grid.Length) + (cell * _grid.Plane));
            for (var i = 0; i < _grid.Plane; i++)
                _plane[(axis * _grid.Plane) + i] = (a * from[i]) + (b * from[i + _grid.Plane]) + (c * from[i + (2 * _grid.Plane)]) + (d * from[i + (3 * _grid.Plane)]);
        }
    }

    /// <summary>Fills what is said of a row of the plane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Row(int y)
    {
        var (cell, at) = Math.DivRem(y, _spacing.Y);
        var (a, b, c, d) = Weights((float)at / _spacing.Y);
        for (var axis = 0; axis < 3; axis++)
        {
            var from = _plane.AsSpan((axis * _grid.Plane) + (cell * _grid.X));
            var points = _row.AsSpan(axis * _grid.X, _grid.X);
            for (var i = 0; i < points.Length; i++)
                points[i] = (a * from[i]) + (b * from[i + _grid.X]) + (c * from[i + (2 * _grid.X)]) + (d * from[i + (3 * _grid.X)]);
            Displace(points, Displacement[axis]);
        }

        var half = new Vector<float>(0.5f);
        var ramp = new Vector<float>(_ramp);
        var (plane, row) = (new Vector<int>(_read.Plane), new Vector<int>(_read.X));
        for (var x = 0; x < Shape.X; x += Lanes)
        {
            var placeZ = new Vector<float>(Displacement[0], x) + new Vector<float>(_z + _margin.Z);
            var placeY = new Vector<float>(Displacement[1], x) + new Vector<float>(y + _margin.Y);
            var placeX = new Vector<float>(Displacement[2], x) + new Vector<float>(x + _margin.X) + ramp;
            var (floorZ, floorY, floorX) = (Vector.Floor(placeZ), Vector.Floor(placeY), Vector.Floor(placeX));
            (placeZ - floorZ).CopyTo(Part[0], x);
            (placeY - floorY).CopyTo(Part[1], x);
            (placeX - floorX).CopyTo(Part[2], x);
            Number(floorZ, floorY, floorX).CopyTo(First, x);
            Number(Vector.Floor(placeZ + half), Vector.Floor(placeY + half), Vector.Floor(placeX + half)).CopyTo(Nearest, x);
        }

        Vector<int> Number(Vector<float> z, Vector<float> y, Vector<float> x) =>
            (Vector.ConvertToInt32(z) * plane) + (Vector.ConvertToInt32(y) * row) + Vector.ConvertToInt32(x);
    }

    // Each piece a polynomial; what is written beyond its end is written again by the next.
    private void Displace(ReadOnlySpan<float> points, float[] target)
    {
        var step = 1f / _spacing.X;
        var ramp = new Vector<float>(_ramp);
        for (var cell = 0; cell * _spacing.X < Shape.X; cell++)
        {
            var (p, q, r, s) = (points[cell], points[cell + 1], points[cell + 2], points[cell + 3]);
            var c0 = new Vector<float>((p + (4 * q) + r) / 6);
            var c1 = new Vector<float>((r - p) / 2);
            var c2 = new Vector<float>((p - (2 * q) + r) / 2);
            var c3 = new Vector<float>((s - p + (3 * (q - r))) / 6);
            var start = cell * _spacing.X;
            for (var x = start; x < Math.Min(start + _spacing.X, Shape.X); x += Lanes)
            {
                var t = (ramp + new Vector<float>(x - start)) * step;
                ((((((c3 * t) + c2) * t) + c1) * t) + c0).CopyTo(target, x);
            }
        }
    }

    private static (float A, float B, float C, float D) Weights(float t) =>
        ((1 - t) * (1 - t) * (1 - t) / 6, ((3 * t * t * t) - (6 * t * t) + 4) / 6, ((-3 * t * t * t) + (3 * t * t) + (3 * t) + 1) / 6, t * t * t / 6);
}
