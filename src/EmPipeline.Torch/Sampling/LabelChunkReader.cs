using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;
using EmPipeline.Volumes;

namespace EmPipeline.Torch.Sampling;

/// <summary>Draws a voxel of a class from one chunk of a label. Owns the label's reader. Safe for concurrent use.</summary>
internal sealed class LabelChunkReader(IVolumeReader reader, IAsyncDisposable? store) : IAsyncDisposable
{
    /// <summary>Reads the chunk once, and draws one of the voxels of the class in its parts, each as likely as the other.</summary>
    /// <param name="parts">Boxes within <paramref name="chunk"/>.</param>
    /// <returns>The voxel and the number of its part; null where there is no such voxel.</returns>
    public async ValueTask<(NdIndex Voxel, int Part)?> DrawAsync(Box chunk, IReadOnlyList<Box> parts, LabelValues values, ulong random, CancellationToken cancellation)
    {
        var type = reader.Info.Type;
        var length = checked((int)(chunk.Volume * type.Size()));
        var rented = ArrayPool<byte>.Shared.Rent(length);
        await reader.ReadAsync(chunk, rented.AsMemory(0, length), cancellation);
        var drawn = type switch
        {
            VoxelType.Boolean or VoxelType.UInt8 => Draw<byte>(rented),
            VoxelType.Int8 => Draw<sbyte>(rented),
            VoxelType.UInt16 => Draw<ushort>(rented),
            VoxelType.Int16 => Draw<short>(rented),
            VoxelType.UInt32 => Draw<uint>(rented),
            VoxelType.Int32 => Draw<int>(rented),
            VoxelType.UInt64 => Draw<ulong>(rented),
            _ => Draw<long>(rented),
        };

        // Not given back where a read failed: it may still be under way.
        ArrayPool<byte>.Shared.Return(rented);
        return drawn;

        (NdIndex, int)? Draw<T>(byte[] bytes)
            where T : unmanaged, IBinaryInteger<T>
        {
            var voxels = MemoryMarshal.Cast<byte, T>(bytes.AsSpan(0, length));
            var count = 0L;
            foreach (var part in parts)
            {
                foreach (var (start, row) in Rows(chunk, part))
                    count += values.Count<T>(voxels.Slice(row, (int)part.Shape[2]));
            }

            if (count == 0)
                return null;
            var rank = new SplitMix64(random).Below(count);
            for (var number = 0; ; number++)
            {
                var part = parts[number];
                foreach (var (start, row) in Rows(chunk, part))
                {
                    var line = voxels.Slice(row, (int)part.Shape[2]);
                    var here = values.Count<T>(line);
                    if (rank < here)
                        return (start + new NdIndex(0, 0, values.Find<T>(line, (int)rank)), number);
                    rank -= here;
                }
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await reader.DisposeAsync();
        if (store is not null)
            await store.DisposeAsync();
    }

    /// <summary>The rows of a part along x: the first voxel of each, and where it is in the chunk.</summary>
    private static IEnumerable<(NdIndex Start, int Row)> Rows(Box chunk, Box part)
    {
        for (var z = part.Origin[0]; z < part.End[0]; z++)
        {
            for (var y = part.Origin[1]; y < part.End[1]; y++)
            {
                var row = ((((z - chunk.Origin[0]) * chunk.Shape[1]) + y - chunk.Origin[1]) * chunk.Shape[2]) + part.Origin[2] - chunk.Origin[2];
                yield return (new NdIndex(z, y, part.Origin[2]), (int)row);
            }
        }
    }
}
