using EmPipeline.Volumes;

namespace EmPipeline.Torch.Tests.Inference;

/// <summary>Blending as one would write it down: every tile over the whole volume, sums of weights and of weighted values, in double precision.</summary>
internal static class BlendReference
{
    /// <param name="predict">What the model gives for a voxel: its grey value, and its place in the tile.</param>
    public static double[] Blend(NdIndex shape, PredictOptions options, Func<long, long, long, double> grey, Func<double, NdIndex, double> predict)
    {
        var (sums, weights) = (new double[shape.Volume], new double[shape.Volume]);
        var core = options.Tile - options.Halo - options.Halo;
        foreach (var z0 in Starts(shape[0], core[0], options.Overlap[0]))
        {
            foreach (var y0 in Starts(shape[1], core[1], options.Overlap[1]))
            {
                foreach (var x0 in Starts(shape[2], core[2], options.Overlap[2]))
                {
                    for (var z = z0; z < Math.Min(z0 + core[0], shape[0]); z++)
                    {
                        for (var y = y0; y < Math.Min(y0 + core[1], shape[1]); y++)
                        {
                            for (var x = x0; x < Math.Min(x0 + core[2], shape[2]); x++)
                            {
                                var weight = Weight(z - z0, core[0]) * Weight(y - y0, core[1]) * Weight(x - x0, core[2]);
                                var at = (((z * shape[1]) + y) * shape[2]) + x;
                                sums[at] += weight * predict(grey(z, y, x), new NdIndex(z - z0, y - y0, x - x0) + options.Halo);
                                weights[at] += weight;
                            }
                        }
                    }
                }
            }
        }

        return [.. sums.Zip(weights, (sum, weight) => sum / weight)];

        double Weight(long i, long length)
        {
            var distance = (i - ((length - 1) / 2.0)) / (options.Sigma * length);
            return Math.Max(1e-3, Math.Exp(-0.5 * distance * distance));
        }
    }

    private static List<long> Starts(long extent, long length, long overlap)
    {
        var starts = new List<long> { 0 };
        while (starts[^1] + length < extent)
            starts.Add(Math.Min(starts[^1] + length - overlap, extent - length));
        return starts;
    }
}
