using System.Numerics;
using System.Runtime.InteropServices;
using EmPipeline.Volumes;
using EmPipeline.Volumes.Kernels;

namespace EmPipeline.Tests;

/// <summary>Halves a volume the slow way: collects the voxels there are, and takes their mean or mode.</summary>
internal static class ReferencePyramid
{
    public static (byte[] Voxels, NdIndex Shape) Halve(byte[] voxels, NdIndex shape, VoxelType type, DownsampleMethod method) => type switch
    {
        VoxelType.Boolean or VoxelType.UInt8 => Halve<byte>(voxels, shape, method),
        VoxelType.Int8 => Halve<sbyte>(voxels, shape, method),
        VoxelType.UInt16 => Halve<ushort>(voxels, shape, method),
        VoxelType.Int16 => Halve<short>(voxels, shape, method),
        VoxelType.UInt32 => Halve<uint>(voxels, shape, method),
        VoxelType.Int32 => Halve<int>(voxels, shape, method),
        VoxelType.UInt64 => Halve<ulong>(voxels, shape, method),
        VoxelType.Int64 => Halve<long>(voxels, shape, method),
        VoxelType.Float16 => Halve<Half>(voxels, shape, method),
        VoxelType.Float32 => Halve<float>(voxels, shape, method),
        _ => Halve<double>(voxels, shape, method),
    };

    private static (byte[] Voxels, NdIndex Shape) Halve<T>(byte[] bytes, NdIndex shape, DownsampleMethod method)
        where T : unmanaged, INumber<T>
    {
        var source = MemoryMarshal.Cast<byte, T>(bytes);
        var half = NdIndex.CeilingDivide(shape, NdIndex.Filled(3, 2));
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
                        var (fromZ, fromY, fromX) = (Math.Min((2 * z) + dz, shape[0] - 1), Math.Min((2 * y) + dy, shape[1] - 1), Math.Min((2 * x) + dx, shape[2] - 1));
                        var value = source[(int)((((fromZ * shape[1]) + fromY) * shape[2]) + fromX)];
                        eight.Add(value);
                        if ((fromZ, fromY, fromX) == ((2 * z) + dz, (2 * y) + dy, (2 * x) + dx))
                            there.Add(value);
                    }

                    target[to++] = method == DownsampleMethod.Mode ? there.GroupBy(value => value).MaxBy(group => group.Count())!.Key : Mean(there, eight);
                }
            }
        }

        return (MemoryMarshal.AsBytes(target.AsSpan()).ToArray(), half);
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
