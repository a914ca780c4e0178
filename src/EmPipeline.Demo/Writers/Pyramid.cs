namespace EmPipeline.Demo.Writers;

/// <summary>Halves volumes (z, y, x) by the mean of 2×2×2 voxels, the two ways the sources do.</summary>
internal static class Pyramid
{
    /// <summary>Sizes and means rounded down, as the OpenOrganelle levels are.</summary>
    public static (short[] Voxels, int Depth, int Height, int Width) HalveDown(short[] voxels, int depth, int height, int width)
    {
        var (d, h, w) = (depth / 2, height / 2, width / 2);
        var result = new short[d * h * w];
        Parallel.For(0, d, z =>
        {
            for (var y = 0; y < h; y++)
            {
                for (var x = 0; x < w; x++)
                {
                    var i = (((2 * z * height) + (2 * y)) * width) + (2 * x);
                    var (j, k, l) = (i + width, i + (height * width), i + ((height + 1) * width));
                    var sum = voxels[i] + voxels[i + 1] + voxels[j] + voxels[j + 1] + voxels[k] + voxels[k + 1] + voxels[l] + voxels[l + 1];
                    // A shift rounds down for negative sums too.
                    result[(((z * h) + y) * w) + x] = (short)(sum >> 3);
                }
            }
        });
        return (result, d, h, w);
    }

    /// <summary>Sizes rounded up, the last voxel repeated where one is missing, means rounded to nearest, as precomputed writers do.</summary>
    public static (byte[] Voxels, int Depth, int Height, int Width) HalveUp(byte[] voxels, int depth, int height, int width)
    {
        var (d, h, w) = ((depth + 1) / 2, (height + 1) / 2, (width + 1) / 2);
        var result = new byte[d * h * w];
        Parallel.For(0, d, z =>
        {
            var nextPlane = (2 * z) + 1 < depth ? height * width : 0;
            for (var y = 0; y < h; y++)
            {
                var nextRow = (2 * y) + 1 < height ? width : 0;
                var from = ((2 * z * height) + (2 * y)) * width;
                var a = voxels.AsSpan(from, width);
                var b = voxels.AsSpan(from + nextRow, width);
                var c = voxels.AsSpan(from + nextPlane, width);
                var e = voxels.AsSpan(from + nextPlane + nextRow, width);
                var target = result.AsSpan(((z * h) + y) * w, w);
                for (var x = 0; x < width / 2; x++)
                {
                    var i = 2 * x;
                    target[x] = (byte)((a[i] + a[i + 1] + b[i] + b[i + 1] + c[i] + c[i + 1] + e[i] + e[i + 1] + 4) >> 3);
                }

                if ((width & 1) == 1)
                    target[w - 1] = (byte)((a[^1] + b[^1] + c[^1] + e[^1] + 2) >> 2);
            }
        });
        return (result, d, h, w);
    }
}
