using System.Numerics;
using CsCheck;
using EmPipeline.Volumes.Kernels;

namespace EmPipeline.Volumes.Tests.Kernels;

public sealed class FourierTests
{
    private static readonly Gen<(int Height, int Width, int Seed)> Cases = Gen.Select(Gen.Int[3, 5].Select(power => 1 << power), Gen.Int[3, 5].Select(power => 1 << power), Gen.Int);

    [Fact]
    public void A_picture_has_the_spectrum_that_the_sum_says_and_comes_back_upright() => Cases.Sample(
        @case =>
        {
            var (height, width, seed) = @case;
            var random = new Random(seed);
            var real = Enumerable.Range(0, height * width).Select(_ => random.NextSingle()).ToArray();
            var (spectrum, imaginary, spare) = (real.ToArray(), new float[real.Length], new float[real.Length]);
            Fourier.Transform(spectrum, imaginary, spare, height, width, inverse: false);
            var (v, u) = (random.Next(height), random.Next(width));
            var expected = Complex.Zero;
            for (var y = 0; y < height; y++)
            {
                for (var x = 0; x < width; x++)
                    expected += real[(y * width) + x] * Complex.FromPolarCoordinates(1, -2 * Math.PI * (((double)v * y / height) + ((double)u * x / width)));
            }

            // It lies transposed.
            spectrum[(u * height) + v].Should().BeApproximately((float)expected.Real, 1e-3f);
            imaginary[(u * height) + v].Should().BeApproximately((float)expected.Imaginary, 1e-3f);
            Fourier.Transform(spectrum, imaginary, spare, width, height, inverse: true);
            for (var i = 0; i < real.Length; i++)
                (spectrum[i] / real.Length).Should().BeApproximately(real[i], 1e-5f);
        },
        iter: 50);
}
