using System.Runtime.Intrinsics;
using EmPipeline.Volumes.Kernels;

namespace EmPipeline.Volumes.Sections;

/// <summary>A section as a small picture, made to be compared with the one before it. Immutable.</summary>
internal sealed class SectionPicture
{
    private const int MostPixels = 128;
    // Cycles a pixel: what is finer is the noise of one section.
    private const double FinestDetail = 0.15;
    // By the logarithm of an edge.
    private static readonly float[][] Windows = [.. Enumerable.Range(0, 8).Select(power => Table(power, Hann))];
    private static readonly float[][] Weights = [.. Enumerable.Range(0, 8).Select(power => Table(power, Weight))];

    [ThreadStatic]
    private static float[]? s_real, s_imaginary, s_spare;

    private readonly float[] _pixels;
    private readonly float[] _real;
    private readonly float[] _imaginary;
    private readonly double _norm;
    private readonly int _edge;
    private readonly int _height;
    private readonly int _width;

    /// <param name="patch">Voxels of an edge of the image's pixels.</param>
    public SectionPicture(SectionImage image, int patch)
    {
        var together = Math.Max(1, (Math.Max(image.Height, image.Width) + MostPixels - 1) / MostPixels);
        (_edge, _pixels) = (patch * together, Merge(image, together));
        var (height, width) = ((image.Height + together - 1) / together, (image.Width + together - 1) / together);
        _norm = Centre(_pixels);
        (_height, _width) = (PowerOfTwo(height), PowerOfTwo(width));
        (_real, _imaginary) = _norm > 0 && _height >= Fourier.LeastEdge && _width >= Fourier.LeastEdge ? Spectrum(height, width) : ([], []);
    }

    /// <summary>The variance of the pixels.</summary>
    public double Variance => _norm * _norm / Math.Max(1, _pixels.Length);

    /// <summary>How alike this picture and the one before it are, and how far its content has moved. NaN where one of them shows nothing.</summary>
    public SectionMotion Compare(SectionPicture before)
    {
        if (!(_norm > 0) || !(before._norm > 0))
            return SectionMotion.Unknown;
        var (product, at) = (0.0, 0);
        for (; at + Vector256<float>.Count <= _pixels.Length; at += Vector256<float>.Count)
            product += Vector256.Sum(Vector256.LoadUnsafe(ref _pixels[at]) * Vector256.LoadUnsafe(ref before._pixels[at]));
        for (; at < _pixels.Length; at++)
            product += _pixels[at] * before._pixels[at];
        var motion = SectionMotion.Unknown with { Correlation = Math.Clamp(product / (_norm * before._norm), -1, 1) };
        return _real.Length == 0 ? motion : Move(motion, before);
    }

    private SectionMotion Move(SectionMotion motion, SectionPicture before)
    {
        var length = _real.Length;
        var (real, imaginary, spare) = (Scratch(ref s_real, length), Scratch(ref s_imaginary, length), Scratch(ref s_spare, length));
        // Spectra lie transposed.
        var (rows, columns) = (Weights[int.Log2(_width)], Weights[int.Log2(_height)]);
        for (var row = 0; row < _width; row++)
        {
            for (var column = 0; column < _height; column += Vector256<float>.Count)
            {
                var at = (nuint)((row * _height) + column);
                var (a, b) = (Vector256.LoadUnsafe(ref _real[0], at), Vector256.LoadUnsafe(ref _imaginary[0], at));
                var (c, d) = (Vector256.LoadUnsafe(ref before._real[0], at), Vector256.LoadUnsafe(ref before._imaginary[0], at));
                var (re, im) = ((a * c) + (b * d), (b * c) - (a * d));
                var weight = Vector256.LoadUnsafe(ref columns[column]) * rows[row] / (Vector256.Sqrt((re * re) + (im * im)) + Vector256.Create(1e-20f));
                (re * weight).StoreUnsafe(ref real[0], at);
                (im * weight).StoreUnsafe(ref imaginary[0], at);
            }
        }

        Fourier.Transform(real, imaginary, spare, _width, _height, inverse: true);
        var most = Vector256.LoadUnsafe(ref real[0]);
        for (var i = Vector256<float>.Count; i < real.Length; i += Vector256<float>.Count)
            most = Vector256.Max(most, Vector256.LoadUnsafe(ref real[i]));
        var largest = most[0];
        for (var i = 1; i < Vector256<float>.Count; i++)
            largest = Math.Max(largest, most[i]);
        var best = Math.Max(0, Array.IndexOf(real, largest));
        var (y, x) = (best / _width, best % _width);
        var peak = real[best];
        var shiftY = Wrapped(y, _height) + Between(At(y - 1, x), peak, At(y + 1, x));
        var shiftX = Wrapped(x, _width) + Between(At(y, x - 1), peak, At(y, x + 1));
        return motion with { ShiftY = shiftY * _edge, ShiftX = shiftX * _edge, Peak = peak / real.Length };

        float At(int row, int column) => real[((row + _height) % _height * _width) + ((column + _width) % _width)];

        static int Wrapped(int at, int edge) => at < edge / 2 ? at : at - edge;

        // Where the parabola through three neighbours has its top.
        static double Between(double left, double middle, double right)
        {
            var bend = left - (2 * middle) + right;
            return bend < 0 ? 0.5 * (left - right) / bend : 0;
        }
    }

    private static float Weight(int at, int edge)
    {
        var frequency = Math.Min(at, edge - at) / (double)edge;
        return (float)Math.Exp(-frequency * frequency / (2 * FinestDetail * FinestDetail));
    }

    private static float Hann(int at, int edge) => (float)(0.5 - (0.5 * Math.Cos(2 * Math.PI * (at + 0.5) / edge)));

    private static float[] Table(int power, Func<int, int, float> value) => [.. Enumerable.Range(0, 1 << power).Select(at => value(at, 1 << power))];

    private (float[] Real, float[] Imaginary) Spectrum(int height, int width)
    {
        var (real, imaginary, spare) = (new float[_height * _width], new float[_height * _width], Scratch(ref s_spare, _height * _width));
        var (top, left) = ((height - _height) / 2, (width - _width) / 2);
        var (rows, columns) = (Windows[int.Log2(_height)], Windows[int.Log2(_width)]);
        for (var y = 0; y < _height; y++)
        {
            for (var x = 0; x < _width; x++)
                real[(y * _width) + x] = _pixels[((top + y) * width) + left + x] * rows[y] * columns[x];
        }

        Fourier.Transform(real, imaginary, spare, _height, _width, inverse: false);
        return (real, imaginary);
    }

    /// <summary>Averages so many pixels to one on both axes; what is no number has the mean of all.</summary>
    private static float[] Merge(SectionImage image, int together)
    {
        var (height, width) = ((image.Height + together - 1) / together, (image.Width + together - 1) / together);
        if (together == 1)
            return [.. image.Means];
        var pixels = new float[height * width];
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var (sum, count) = (0.0, 0);
                for (var row = y * together; row < Math.Min((y + 1) * together, image.Height); row++)
                {
                    foreach (var mean in image.Means.AsSpan(row * image.Width, image.Width)[(x * together)..Math.Min((x + 1) * together, image.Width)])
                        (sum, count) = float.IsFinite(mean) ? (sum + mean, count + 1) : (sum, count);
                }

                pixels[(y * width) + x] = (float)(sum / count);
            }
        }

        return pixels;
    }

    /// <summary>Takes the mean off, and puts it where there is no number; the length of what is left.</summary>
    private static double Centre(float[] pixels)
    {
        var (sum, count) = (0.0, 0);
        foreach (var pixel in pixels)
        {
            if (float.IsFinite(pixel))
                (sum, count) = (sum + pixel, count + 1);
        }

        var (mean, squares, at) = (sum / count, Vector256<double>.Zero, 0);
        var (means, largest) = (Vector256.Create((float)mean), Vector256.Create(float.MaxValue));
        for (; at + Vector256<float>.Count <= pixels.Length; at += Vector256<float>.Count)
        {
            var there = Vector256.LoadUnsafe(ref pixels[at]);
            var isNumber = Vector256.LessThanOrEqual(Vector256.Abs(there), largest);
            var off = Vector256.ConditionalSelect(isNumber, there - means, Vector256<float>.Zero);
            off.StoreUnsafe(ref pixels[at]);
            var (low, high) = Vector256.Widen(off);
            squares += (low * low) + (high * high);
        }

        var total = Vector256.Sum(squares);
        for (; at < pixels.Length; at++)
        {
            pixels[at] = float.IsFinite(pixels[at]) ? pixels[at] - (float)mean : 0;
            total += (double)pixels[at] * pixels[at];
        }

        return Math.Sqrt(total);
    }

    // All pictures of a volume are of one size.
    private static float[] Scratch(ref float[]? buffer, int length) => buffer?.Length == length ? buffer : buffer = new float[length];

    private static int PowerOfTwo(int most) => most < 1 ? 0 : 1 << (31 - int.LeadingZeroCount(most));
}
