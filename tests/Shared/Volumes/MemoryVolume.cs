using EmPipeline.Volumes;

namespace EmPipeline.Tests;

/// <summary>A volume in memory, which counts what is read of it.</summary>
internal sealed class MemoryVolume(NdIndex shape, VoxelType type, NdIndex grain, byte[] voxels, NdIndex advice = default) : IVolumeReader
{
    private long _bytesRead;
    private int _reads;

    public VolumeInfo Info { get; } = new() { Name = "memory", Format = "zarr", Shape = shape, Axes = "zyx", Type = type, Grain = grain, Advice = advice };

    public byte[] Voxels => voxels;

    public long BytesRead => _bytesRead;

    /// <summary>Called before each read with how many there were; may throw.</summary>
    public Action<int>? OnRead { get; init; }

    /// <summary>Random voxels, of which no two planes are equal: finite, and 0 or 1 where the type is Boolean.</summary>
    public static MemoryVolume Make(NdIndex shape, VoxelType type, NdIndex? grain = null, Action<int>? onRead = null, int seed = 1, NdIndex advice = default)
    {
        var random = new Random(seed);
        var voxels = new byte[shape.Volume * type.Size()];
        random.NextBytes(voxels);
        var size = type.Size();
        // High bytes vary less; floats stay finite.
        if (size > 1)
        {
            for (var i = size - 1; i < voxels.Length; i += size)
                voxels[i] = (byte)(voxels[i] & 0x3F);
        }

        if (type == VoxelType.Boolean)
        {
            for (var i = 0; i < voxels.Length; i++)
                voxels[i] &= 1;
        }

        return new MemoryVolume(shape, type, grain ?? NdIndex.Filled(3, 16), voxels, advice) { OnRead = onRead };
    }

    /// <summary>Sets a box to zero.</summary>
    public MemoryVolume Cleared(Box box)
    {
        StridedCopy.Fill(new byte[type.Size()], box, voxels, Box.Whole(shape));
        return this;
    }

    public ValueTask ReadAsync(Box box, Memory<byte> buffer, CancellationToken cancellation = default)
    {
        VolumeReaderArguments.Check(Info, box, buffer.Length);
        OnRead?.Invoke(Interlocked.Increment(ref _reads));
        Interlocked.Add(ref _bytesRead, buffer.Length);
        StridedCopy.Copy(voxels, Box.Whole(shape), buffer.Span, box, type.Size());
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
