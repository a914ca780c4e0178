using EmPipeline.Demo.Texture;

namespace EmPipeline.Demo.Replicas;

/// <summary>Where the Hemibrain replica has tissue: a block with rounded corners and uneven sides.</summary>
internal sealed class TissueOutline
{
    private const int Top = 34;
    private const int Bottom = 1022;
    private const int Left = 76;
    private const int Right = 1066;
    private const int CornerRadius = 120;

    private readonly float[] _left;
    private readonly float[] _right;
    private readonly int _height;

    public TissueOutline(int depth, int height)
    {
        _height = height;
        (_left, _right) = (new float[depth * height], new float[depth * height]);
        // Two rows of one noise, far enough apart to differ; its x runs along the volume's y.
        var sides = new ValueNoise(depth, height: 128, width: height, spacing: 40, seed: 9);
        for (var z = 0; z < depth; z++)
        {
            sides.AddRow(z, 0, 7f, _left.AsSpan(z * height, height));
            sides.AddRow(z, 100, 7f, _right.AsSpan(z * height, height));
        }
    }

    /// <summary>The tissue on the row at (z, y): from First up to but not including End; none where they are equal.</summary>
    public (int First, int End) Row(int z, int y)
    {
        if (y is < Top or >= Bottom)
            return (0, 0);
        var intoCorner = Math.Max(0, CornerRadius - Math.Min(y - Top, Bottom - 1 - y));
        var inset = CornerRadius - MathF.Sqrt((CornerRadius * CornerRadius) - (intoCorner * intoCorner));
        var i = (z * _height) + y;
        return (Left + (int)(inset + _left[i]), Right - (int)(inset + _right[i]));
    }
}
