using System.Runtime.InteropServices;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Pictures;

/// <summary>The plane of a volume at one index of one axis. The axis across is the fastest of the other two.</summary>
/// <param name="Axis">Which axis it cuts: 0 z, 1 y, 2 x.</param>
/// <param name="Index">Where, in voxels of the volume.</param>
internal readonly record struct Plane(int Axis, long Index)
{
    /// <summary>Larger planes are not read for a picture.</summary>
    public const long MostVoxels = 16 << 20;

    /// <summary>Across, down: 0 z, 1 y, 2 x. The plane that cuts x has z across, so that it can stand beside the one that cuts z.</summary>
    public (int Across, int Down) Axes => Axis switch { 0 => (2, 1), 1 => (2, 0), _ => (0, 1) };

    public string Name => $"{"zyx"[Axes.Across]}{"zyx"[Axes.Down]}";

    public static long LargestOf(NdIndex shape) => Math.Max(shape[0] * Math.Max(shape[1], shape[2]), shape[1] * shape[2]);

    /// <summary>Its voxels as little-endian bytes, row by row down the picture.</summary>
    public async Task<byte[]> ReadAsync(IVolumeReader volume, CancellationToken cancellation)
    {
        var (origin, shape) = (NdIndex.Filled(3, 0), volume.Info.Shape);
        origin[Axis] = Index;
        shape[Axis] = 1;
        var size = volume.Info.Type.Size();
        var stored = new byte[shape.Volume * size];
        await volume.ReadAsync(new Box(origin, shape), stored, cancellation);
        return Axis == 2 ? Transposed(stored, (int)shape[0], (int)shape[1], size) : stored;
    }

    // Stored by z, then y; shown with z across.
    private static byte[] Transposed(byte[] stored, int depth, int height, int size)
    {
        var shown = new byte[stored.Length];
        for (var z = 0; z < depth; z++)
        {
            for (var y = 0; y < height; y++)
                stored.AsSpan(((z * height) + y) * size, size).CopyTo(shown.AsSpan(((y * depth) + z) * size));
        }

        return shown;
    }

    /// <summary>Numbers of any type as floating point.</summary>
    public static float[] Floats(byte[] bytes, VoxelType type) => type switch
    {
        VoxelType.Int8 => Of<sbyte>(bytes, value => value),
        VoxelType.Int16 => Of<short>(bytes, value => value),
        VoxelType.UInt16 => Of<ushort>(bytes, value => value),
        VoxelType.Int32 => Of<int>(bytes, value => value),
        VoxelType.UInt32 => Of<uint>(bytes, value => value),
        VoxelType.Int64 => Of<long>(bytes, value => value),
        VoxelType.UInt64 => Of<ulong>(bytes, value => value),
        VoxelType.Float16 => Of<Half>(bytes, value => (float)value),
        VoxelType.Float32 => Of<float>(bytes, value => value),
        VoxelType.Float64 => Of<double>(bytes, value => (float)value),
        _ => Of<byte>(bytes, value => value),
    };

    /// <summary>Ids, exact to 64 bits; negative ones in two's complement.</summary>
    public static ulong[] Ids(byte[] bytes, VoxelType type) => type switch
    {
        VoxelType.Int8 => Of<sbyte, ulong>(bytes, value => (ulong)value),
        VoxelType.Int16 => Of<short, ulong>(bytes, value => (ulong)value),
        VoxelType.UInt16 => Of<ushort, ulong>(bytes, value => value),
        VoxelType.Int32 => Of<int, ulong>(bytes, value => (ulong)value),
        VoxelType.UInt32 => Of<uint, ulong>(bytes, value => value),
        VoxelType.Int64 => Of<long, ulong>(bytes, value => (ulong)value),
        VoxelType.UInt64 => Of<ulong, ulong>(bytes, value => value),
        _ => Of<byte, ulong>(bytes, value => value),
    };

    private static float[] Of<T>(byte[] bytes, Func<T, float> convert)
        where T : unmanaged => Of<T, float>(bytes, convert);

    private static TResult[] Of<T, TResult>(byte[] bytes, Func<T, TResult> convert)
        where T : unmanaged
    {
        var values = MemoryMarshal.Cast<byte, T>(bytes);
        var result = new TResult[values.Length];
        for (var i = 0; i < result.Length; i++)
            result[i] = convert(values[i]);
        return result;
    }
}
