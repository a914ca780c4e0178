using System.Runtime.InteropServices;
using EmPipeline.Volumes;

namespace EmPipeline.Torch.Tests.Transforms;

/// <summary>Samples of random contents.</summary>
internal static class Samples
{
    public static readonly VoxelSize Isotropic = new(8, 8, 8);

    /// <summary>One label volume with ids beyond 2⁵³; grey values and the lowest three bits of ids from <paramref name="seed"/>.</summary>
    /// <param name="invalid">How many of a hundred voxels are invalid, of each mask; 0: the masks are whole and not filled.</param>
    public static Sample Make(NdIndex shape, int seed, int invalid = 0, VoxelSize? voxelSize = null, VoxelType type = VoxelType.UInt8, double mean = 100, double deviation = 20)
    {
        var sample = new Sample();
        Fill(sample, shape, seed, invalid, voxelSize, type, mean, deviation);
        return sample;
    }

    public static void Fill(Sample sample, NdIndex shape, int seed, int invalid = 0, VoxelSize? voxelSize = null, VoxelType type = VoxelType.UInt8, double mean = 100, double deviation = 20)
    {
        sample.Begin(shape, type, mean, deviation, voxelSize ?? Isotropic, 1);
        var random = new Random(seed);
        random.NextBytes(sample.StoredImage.Span);
        foreach (ref var id in MemoryMarshal.Cast<byte, long>(sample.StoredLabels(0).Span))
            id = (1L << 60) + random.Next(6);
        for (var channel = 0; channel < 2; channel++)
        {
            if (invalid == 0)
            {
                sample.SetWhole(channel);
                continue;
            }

            foreach (ref var valid in sample.StoredMask(channel).Span)
                valid = (byte)(random.Next(100) < invalid ? 0 : 1);
        }
    }

    public static (float[] Image, long[] Labels, byte[] Valid, byte[] Known) Write(Sample sample)
    {
        var length = (int)sample.Shape.Volume;
        var (image, labels, valid, known) = (new float[length], new long[length], new byte[length], new byte[length]);
        sample.WriteImage(image);
        sample.WriteLabels(0, labels);
        sample.WriteMask(0, valid);
        sample.WriteMask(1, known);
        return (image, labels, valid, known);
    }

    public static T[,,] Cube<T>(ReadOnlySpan<T> values, NdIndex shape)
        where T : unmanaged
    {
        var cube = new T[shape[0], shape[1], shape[2]];
        values[..cube.Length].CopyTo(MemoryMarshal.CreateSpan(ref cube[0, 0, 0], cube.Length));
        return cube;
    }

    /// <summary>The same as arrays.</summary>
    public static NaiveSample Naive(Sample sample)
    {
        var (image, labels, valid, known) = Write(sample);
        return new NaiveSample { Image = Cube<float>(image, sample.Shape), Labels = Cube<long>(labels, sample.Shape), Valid = Cube<byte>(valid, sample.Shape), Known = Cube<byte>(known, sample.Shape) };
    }
}
