using EmPipeline.Volumes.Kernels;

namespace EmPipeline.Volumes.Sections;

/// <summary>A section as a small picture, made to be compared with the one before it. Immutable.</summary>
internal sealed class SectionPicture
{
    private const int MostPixels = 128;
    // Cycles a pixel: what is finer is the noise of one section.
    private const double FinestDetail = 0.15;
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
        var product = 0.0;
        for (var i = 0; i < _pixels.Length; i++)
            product += (double)_pixels[i] * before._pixels[i];
        var motion = SectionMotion.Unknown with { Correlation = Math.Clamp(product / (_norm * before._norm), -1, 1) };
        return _real.Length == 0 ? motion : Move(motion, before);
    }

    private SectionMotion Move(SectionMotion motion, SectionPicture before)
    {
        var (real, imaginary, spare) = (new float[_real.Length], new float[_real.Length], new float[_real.Length]);
        for (var i = 0; i < real.Length; i++)
        {
            var (re, im) = ((_real[i] * before._real[i]) + (_imaginary[i] * before._imaginary[i]), (_imaginary[i] * before._real[i]) - (_real[i] * before._imaginary[i]));
            var length = MathF.Sqrt((re * re) + (im * im));
            var weight = length > 0 ? Weight(i) / length : 0;
            (real[i], imaginary[i]) = (re * weight, im * weight);
        }

        Fourier.Transform(real, imaginary, spare, _width, _height, inverse: true);
        var best = 0;
        for (var i = 1; i < real.Length; i++)
            best = real[i] > real[best] ? i : best;
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

    /// <summary>Of the spectrum, which lies transposed.</summary>
    private float Weight(int index)
    {
        var (x, y) = (index / _height, index % _height);
        var (fy, fx) = (Math.Min(y, _height - y) / (double)_height, Math.Min(x, _width - x) / (double)_width);
        return (float)Math.Exp(-((fy * fy) + (fx * fx)) / (2 * FinestDetail * FinestDetail));
    }

    private (float[] Real, float[] Imaginary) Spectrum(int height, int width)
    {
        var (real, imaginary, spare) = (new float[_height * _width], new float[_height * _width], new float[_height * _width]);
        var (top, left) = ((height - _height) / 2, (width - _width) / 2);
        for (var y = 0; y < _height; y++)
        {
            var edge = Hann(y, _height);
            for (var x = 0; x < _width; x++)
                real[(y * _width) + x] = _pixels[((top + y) * width) + left + x] * edge * Hann(x, _width);
        }

        Fourier.Transform(real, imaginary, spare, _height, _width, inverse: false);
        return (real, imaginary);

        static float Hann(int at, int count) => (float)(0.5 - (0.5 * Math.Cos(2 * Math.PI * (at + 0.5) / count)));
    }

    /// <summary>Averages so many pixels to one on both axes; what is no number has the mean of all.</summary>
    private static float[] Merge(SectionImage image, int together)
    {
        var (height, width) = ((image.Height + together - 1) / together, (image.Width + together - 1) / together);
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
            (sum, count) = float.IsFinite(pixel) ? (sum + pixel, count + 1) : (sum, count);
        var (mean, squares) = (sum / count, 0.0);
        for (var i = 0; i < pixels.Length; i++)
        {
            pixels[i] = float.IsFinite(pixels[i]) ? (float)(pixels[i] - mean) : 0;
            squares += (double)pixels[i] * pixels[i];
        }

        return Math.Sqrt(squares);
    }

    private static int PowerOfTwo(int most) => most < 1 ? 0 : 1 << (31 - int.LeadingZeroCount(most));
}
