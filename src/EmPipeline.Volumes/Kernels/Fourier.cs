using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EmPipeline.Volumes.Kernels;

/// <summary>
/// The discrete Fourier transform of small pictures whose edges are powers of two, at least 8: radix 2 along the columns, a vector of columns at
/// a time, then the same of the transposed picture. The same numbers on every machine, whatever the width of its vectors.
/// </summary>
internal static class Fourier
{
    public const int LeastEdge = 8;
    private static readonly int Lanes = Vector256<float>.Count;

    /// <summary>Transforms in place, and leaves the result transposed: of <paramref name="width"/> rows. Twice, the second time with the edges the other way round, is upright again.</summary>
    /// <param name="real">The real part, C order.</param>
    /// <param name="imaginary">The imaginary part.</param>
    /// <param name="spare">Room for as many numbers.</param>
    /// <param name="inverse">Backwards, not divided by the number of pixels.</param>
    public static void Transform(Span<float> real, Span<float> imaginary, Span<float> spare, int height, int width, bool inverse)
    {
        Columns(real, imaginary, height, width, inverse);
        Transpose(real, spare, height, width);
        Transpose(imaginary, spare, height, width);
        Columns(real, imaginary, width, height, inverse);
    }

    private static void Columns(Span<float> real, Span<float> imaginary, int rows, int width, bool inverse)
    {
        for (int i = 1, j = 0; i < rows; i++)
        {
            var bit = rows >> 1;
            for (; (j & bit) != 0; bit >>= 1)
                j ^= bit;
            j ^= bit;
            if (i >= j)
                continue;
            Swap(real.Slice(i * width, width), real.Slice(j * width, width));
            Swap(imaginary.Slice(i * width, width), imaginary.Slice(j * width, width));
        }

        for (var length = 2; length <= rows; length *= 2)
        {
            for (var k = 0; k < length / 2; k++)
            {
                var (sine, cosine) = Math.SinCos((inverse ? 2 : -2) * Math.PI * k / length);
                for (var first = k; first < rows; first += length)
                    Butterfly(real, imaginary, first * width, (first + (length / 2)) * width, width, (float)cosine, (float)sine);
            }
        }
    }

    private static void Butterfly(Span<float> real, Span<float> imaginary, int upper, int lower, int width, float cosine, float sine)
    {
        ref var ur = ref real[upper];
        ref var ui = ref imaginary[upper];
        ref var lr = ref real[lower];
        ref var li = ref imaginary[lower];
        var (c, s) = (Vector256.Create(cosine), Vector256.Create(sine));
        for (nuint x = 0; x < (nuint)width; x += (nuint)Lanes)
        {
            var (ar, ai) = (Vector256.LoadUnsafe(ref ur, x), Vector256.LoadUnsafe(ref ui, x));
            var (br, bi) = (Vector256.LoadUnsafe(ref lr, x), Vector256.LoadUnsafe(ref li, x));
            var (tr, ti) = ((br * c) - (bi * s), (br * s) + (bi * c));
            (ar + tr).StoreUnsafe(ref ur, x);
            (ai + ti).StoreUnsafe(ref ui, x);
            (ar - tr).StoreUnsafe(ref lr, x);
            (ai - ti).StoreUnsafe(ref li, x);
        }
    }

    private static void Swap(Span<float> a, Span<float> b)
    {
        var va = MemoryMarshal.Cast<float, Vector256<float>>(a);
        var vb = MemoryMarshal.Cast<float, Vector256<float>>(b);
        for (var i = 0; i < va.Length; i++)
            (va[i], vb[i]) = (vb[i], va[i]);
    }

    // Four by four: edges are powers of two, at least 8.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Transpose(Span<float> values, Span<float> spare, int height, int width)
    {
        ref var from = ref MemoryMarshal.GetReference(values);
        ref var to = ref MemoryMarshal.GetReference(spare[..values.Length]);
        for (var y = 0; y < height; y += 4)
        {
            for (var x = 0; x < width; x += 4)
            {
                var at = (nuint)((y * width) + x);
                var a = Vector128.LoadUnsafe(ref from, at);
                var b = Vector128.LoadUnsafe(ref from, at + (nuint)width);
                var c = Vector128.LoadUnsafe(ref from, at + (nuint)(2 * width));
                var d = Vector128.LoadUnsafe(ref from, at + (nuint)(3 * width));
                var (step, into) = ((nuint)height, (nuint)((x * height) + y));
                if (!Sse.IsSupported)
                {
                    for (var row = 0; row < 4; row++)
                        Vector128.Create(a[row], b[row], c[row], d[row]).StoreUnsafe(ref to, into + ((nuint)row * step));
                    continue;
                }

                var (lowAb, lowCd, highAb, highCd) = (Sse.UnpackLow(a, b), Sse.UnpackLow(c, d), Sse.UnpackHigh(a, b), Sse.UnpackHigh(c, d));
                Sse.MoveLowToHigh(lowAb, lowCd).StoreUnsafe(ref to, into);
                Sse.MoveHighToLow(lowCd, lowAb).StoreUnsafe(ref to, into + step);
                Sse.MoveLowToHigh(highAb, highCd).StoreUnsafe(ref to, into + (2 * step));
                Sse.MoveHighToLow(highCd, highAb).StoreUnsafe(ref to, into + (3 * step));
            }
        }

        spare[..(height * width)].CopyTo(values);
    }
}
