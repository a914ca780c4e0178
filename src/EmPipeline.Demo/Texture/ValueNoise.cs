namespace EmPipeline.Demo.Texture;

/// <summary>
/// One octave of smooth 3-D value noise: random values in [-1, 1) on a lattice, smoothstep-weighted between. Periodic in sizes that are
/// multiples of the spacing. Only additions and multiplications of floats in a fixed order, so equal on every machine. Immutable.
/// </summary>
internal sealed class ValueNoise
{
    private readonly int _spacing;
    private readonly int _height;
    private readonly int _width;
    private readonly float[] _lattice;
    private readonly float[] _weights;

    /// <param name="spacing">Lattice distance in voxels.</param>
    public ValueNoise(int depth, int height, int width, int spacing, uint seed)
    {
        _spacing = spacing;
        // One more point on each axis: the first again, so that the last cell needs no wrap.
        var (periodZ, periodY, periodX) = (Periods(depth, spacing), Periods(height, spacing), Periods(width, spacing));
        (_height, _width) = (periodY + 1, periodX + 1);
        _lattice = new float[(periodZ + 1) * _height * _width];
        for (var i = 0; i < _lattice.Length; i++)
            _lattice[i] = Hash.Signed(i / (_height * _width) % periodZ, i / _width % _height % periodY, i % _width % periodX, seed);
        _weights = new float[spacing];
        for (var i = 0; i < spacing; i++)
        {
            var t = (float)i / spacing;
            _weights[i] = t * t * (3f - (2f * t));
        }
    }

    /// <summary>Adds amplitude × noise at (z, y, 0..row.Length) to <paramref name="row"/>.</summary>
    public void AddRow(int z, int y, float amplitude, Span<float> row)
    {
        var (z0, wz) = (z / _spacing, _weights[z % _spacing]);
        var (y0, wy) = (y / _spacing, _weights[y % _spacing]);
        var corner = ((z0 * _height) + y0) * _width;
        var left = Between(corner, wz, wy) * amplitude;
        for (var (cell, x) = (1, 0); x < row.Length; cell++)
        {
            var right = Between(corner + cell, wz, wy) * amplitude;
            var rise = right - left;
            var end = Math.Min(_spacing, row.Length - x);
            var part = row.Slice(x, end);
            var weights = _weights.AsSpan(0, end);
            for (var i = 0; i < part.Length; i++)
                part[i] += left + (rise * weights[i]);
            left = right;
            x += end;
        }
    }

    private static int Periods(int size, int spacing) => (size + spacing - 1) / spacing;

    private float Between(int i, float wz, float wy)
    {
        var plane = _height * _width;
        var near = _lattice[i] + ((_lattice[i + _width] - _lattice[i]) * wy);
        var far = _lattice[i + plane] + ((_lattice[i + plane + _width] - _lattice[i + plane]) * wy);
        return near + ((far - near) * wz);
    }
}
