using System.Numerics;
using System.Runtime.InteropServices;
using EmPipeline.Volumes;
using EmPipeline.Volumes.Kernels;

namespace EmPipeline.Tests;

/// <summary>Halves a volume on some axes the slow way: collects the voxels there are, and takes their mean or mode.</summary>
internal static class ReferencePyramid
{
    public static (byte[] Voxels, NdIndex Shape) Halve(byte[] voxels, NdIndex shape, VoxelType type, DownsampleMethod method) =>
        Halve(voxels, shape, type, method, NdIndex.Filled(3, 2));

    /// <param name="factor">1 or 2 on each axis.</param>
    public static (byte[] Voxels, NdIndex Shape) Halve(byte[] voxels, NdIndex shape, VoxelType type, DownsampleMethod method, NdIndex factor) => type switch
    {
        VoxelType.Boolean or VoxelType.UInt8 => Halve<byte>(voxels, shape, method, factor),
        VoxelType.Int8 => Halve<sbyte>(voxels, shape, method, factor),
        VoxelType.UInt16 => Halve<ushort>(voxels, shape, method, factor),
        VoxelType.Int16 => Halve<short>(voxels, shape, method, factor),
        VoxelType.UInt32 => Halve<uint>(voxels, shape, method, factor),
        VoxelType.Int32 => Halve<int>(voxels, shape, method, factor),
        VoxelType.UInt64 => Halve<ulong>(voxels, shape, method, factor),
        VoxelType.Int64 => Halve<long>(voxels, shape, method, factor),
        VoxelType.Float16 => Halve<Half>(voxels, shape, method, factor),
        VoxelType.Float32 => Halve<float>(voxels, shape, method, factor),
        _ => Halve<double>(voxels, shape, method, factor),
    };

    private static (byte[] Voxels, NdIndex Shape) Halve<T>(byte[] bytes, NdIndex shape, DownsampleMethod method, NdIndex factor)
        where T : unmanaged, INumber<T>
    {
        var source = MemoryMarshal.Cast<byte, T>(bytes);
        var half = NdIndex.CeilingDivide(shape, factor);
        var target = new T[half.Volume];
        var to = 0;
        for (var z = 0L; z < half[0]; z++)
        {
            for (var y = 0L; y < half[1]; y++)
            {
                for (var x = 0L; x < half[2]; x++)
                {
                    var (there, eight) = (new List<T>(), new List<T>());
                    foreach (var (dz, dy, dx) in from dz in new[] { 0, 1 } from dy in new[] { 0, 1 } from dx in new[] { 0, 1 } select (dz, dy, dx))
                    {
                        var (fromZ, fromY, fromX) = (From(0, z, dz), From(1, y, dy), From(2, x, dx));
                        var value = source[(int)((((fromZ * shape[1]) + fromY) * shape[2]) + fromX)];
                        eight.Add(value);
                        if ((fromZ, fromY, fromX) == ((factor[0] * z) + dz, (factor[1] * y) + dy, (factor[2] * x) + dx))
                            there.Add(value);
                    }

                    target[to++] = method == DownsampleMethod.Mode ? there.GroupBy(value => value).MaxBy(group => group.Count())!.Key : Mean(there, eight);
                }
            }
        }

        return (MemoryMarshal.AsBytes(target.AsSpan()).ToArray(), half);

        // The last plane stands for one that is missing, and for itself where an axis is not halved.
        long From(int axis, long at, int step) => Math.Min((factor[axis] * at) + Math.Min(step, factor[axis] - 1), shape[axis] - 1);
    }

    private static T Mean<T>(List<T> values, List<T> eight)
        where T : unmanaged, INumber<T>
    {
        if (T.IsInteger(T.One / (T.One + T.One)))
        {
            // Half is rounded up.
            var sum = values.Aggregate(BigInteger.Zero, (total, value) => total + BigInteger.CreateChecked(value));
            var doubled = (2 * sum) + values.Count;
            var quotient = BigInteger.DivRem(doubled, 2 * values.Count, out var rest);
            return T.CreateChecked(rest < 0 ? quotient - 1 : quotient);
        }

        // The sum of floats depends on the order, which is part of the promise.
        var d = eight.Select(value => double.CreateTruncating(value)).ToArray();
        return T.CreateTruncating(((d[0] + d[1] + (d[2] + d[3])) + (d[4] + d[5] + (d[6] + d[7]))) / 8);
    }
}
