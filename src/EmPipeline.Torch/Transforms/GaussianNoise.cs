using System.Numerics;
using System.Runtime.CompilerServices;

namespace EmPipeline.Torch.Transforms;

/// <summary>
/// Gaussian numbers by place: of a key and a number n come two, of mean 0 and deviation 1 (Box and Muller 1958), so that what a voxel gets does
/// not depend on how many are made at a time. Each of the two uniform numbers is a hash of n (MurmurHash3's finaliser).
/// </summary>
internal static class GaussianNoise
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(Span<float> values, float deviation, ulong key)
    {
        // Voxel n of the first half and voxel n of the second have the same n.
        var half = (values.Length + 1) / 2;
        var first = values[..half];
        var second = values[half..];
        var lanes = Vector<float>.Count;
        Span<uint> numbers = stackalloc uint[lanes];
        for (var lane = 0; lane < lanes; lane++)
            numbers[lane] = (uint)lane;
        var n = new Vector<uint>(numbers);
        var i = 0;
        for (; i <= second.Length - lanes; i += lanes, n += new Vector<uint>((uint)lanes))
        {
            var (a, b) = Pair(n, key, deviation);
            (new Vector<float>(first[i..]) + a).CopyTo(first[i..]);
            (new Vector<float>(second[i..]) + b).CopyTo(second[i..]);
        }

        var (lastA, lastB) = Pair(n, key, deviation);
        for (var lane = 0; i < half; i++, lane++)
        {
            first[i] += lastA[lane];
            if (i < second.Length)
                second[i] += lastB[lane];
        }
    }

    private static (Vector<float> A, Vector<float> B) Pair(Vector<uint> n, ulong key, float deviation)
    {
        // (0, 1] and [0, 2π), in steps of 2⁻²⁴.
        const float Step = 1f / (1 << 24);
        var uniform = Vector.ConvertToSingle(Vector.AsVectorInt32((Hash(n * 0x9E3779B9, (uint)key) >> 8) + Vector<uint>.One)) * Step;
        var angle = Vector.ConvertToSingle(Vector.AsVectorInt32(Hash(n * 0x85EBCA77, (uint)(key >> 32)) >> 8)) * (Step * 2 * MathF.PI);
        var radius = Vector.SquareRoot(Vector.Log(uniform) * -2) * deviation;
        var (sine, cosine) = Vector.SinCos(angle);
        return (radius * cosine, radius * sine);
    }

    private static Vector<uint> Hash(Vector<uint> n, uint key)
    {
        var x = n + new Vector<uint>(key);
        x = (x ^ (x >> 16)) * 0x85EBCA6B;
        x = (x ^ (x >> 13)) * 0xC2B2AE35;
        return x ^ (x >> 16);
    }
}
