using System.Numerics;
using System.Runtime.InteropServices;

namespace EmPipeline.Formats.Tests.Precomputed;

/// <summary>Label volumes for the segmentation encodings.</summary>
internal static class Labels
{
    /// <summary>Cells of the nearest of some random points, x fastest, with a few single voxels of extreme labels strewn in.</summary>
    public static T[] Cells<T>(long[] extent, int points, int seed)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        var random = new Random(seed);
        var centres = Enumerable.Range(0, points)
            .Select(_ => (X: random.NextInt64(extent[0]), Y: random.NextInt64(extent[1]), Z: random.NextInt64(extent[2]), Label: T.CreateTruncating(random.NextInt64())))
            .ToArray();
        var labels = new T[extent[0] * extent[1] * extent[2]];
        for (var i = 0L; i < labels.Length; i++)
        {
            var (x, y, z) = (i % extent[0], i / extent[0] % extent[1], i / extent[0] / extent[1]);
            labels[i] = random.Next(50) == 0
                ? T.MaxValue - T.CreateTruncating(random.Next(10))
                : centres.MinBy(c => ((c.X - x) * (c.X - x)) + ((c.Y - y) * (c.Y - y)) + (4 * (c.Z - z) * (c.Z - z))).Label;
        }

        return labels;
    }

    public static byte[] Bytes<T>(T[] values)
        where T : unmanaged => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();

    public static T[] From<T>(byte[] bytes)
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(bytes).ToArray();
}
