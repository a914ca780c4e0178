using System.Runtime.InteropServices;
using EmPipeline.Formats.Hdf5;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Zarr;

namespace EmPipeline.Formats.Tests.Hdf5;

/// <summary>The files that tests/data/hdf5/make.py wrote with h5py.</summary>
internal static class Hdf5Fixture
{
    /// <summary>What most datasets hold: at z, y, x of 6 × 7 × 9 the number (z × 63 + y × 9 + x) modulo 120.</summary>
    public static IEnumerable<int> Ramp => Enumerable.Range(0, 6 * 7 * 9).Select(i => i % 120);

    public static byte[] RampOf(VoxelType type) => type switch
    {
        VoxelType.Int8 or VoxelType.UInt8 => [.. Ramp.Select(i => (byte)i)],
        VoxelType.Int16 or VoxelType.UInt16 => Bytes(Ramp.Select(i => (short)i)),
        VoxelType.Int32 or VoxelType.UInt32 => Bytes(Ramp),
        VoxelType.Int64 or VoxelType.UInt64 => Bytes(Ramp.Select(i => (long)i)),
        VoxelType.Float16 => Bytes(Ramp.Select(i => (Half)i)),
        VoxelType.Float32 => Bytes(Ramp.Select(i => (float)i)),
        _ => Bytes(Ramp.Select(i => (double)i)),
    };

    public static byte[] Bytes<T>(IEnumerable<T> values)
        where T : unmanaged => MemoryMarshal.AsBytes(values.ToArray().AsSpan()).ToArray();

    public static async Task<IReadOnlyList<IVolumeReader>> OpenAsync(string name)
    {
        var full = SharedData.Fixture($"hdf5/{name}");
        return await new Hdf5Format().OpenAsync(new VolumePath(new LocalStore(Path.GetDirectoryName(full)!), name));
    }

    /// <summary>One dataset; the others are closed.</summary>
    public static async Task<IVolumeReader> OpenAsync(string name, string dataset)
    {
        IVolumeReader? found = null;
        foreach (var reader in await OpenAsync(name))
        {
            if (reader.Info.Name == dataset)
                found = reader;
            else
                await reader.DisposeAsync();
        }

        return found ?? throw new KeyNotFoundException(dataset);
    }

    public static async Task<byte[]> ReadAsync(IVolumeReader reader)
    {
        var voxels = new byte[reader.Info.DecodedBytes];
        await reader.ReadAsync(Box.Whole(reader.Info.Shape), voxels, TestContext.Current.CancellationToken);
        return voxels;
    }
}
