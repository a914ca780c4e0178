using System.Buffers;
using System.Runtime.InteropServices;
using EmPipeline.Torch.Blocks;
using EmPipeline.Volumes;

namespace EmPipeline.Torch.Inference;

/// <summary>Reads boxes that may reach beyond the volume, as normalised float32. Safe for concurrent use; does not own the reader.</summary>
internal sealed class TileReader(IVolumeReader reader, double mean, double deviation, BorderPolicy border)
{
    /// <param name="target">Receives the box in C order.</param>
    public async ValueTask ReadAsync(Box box, Memory<byte> target, CancellationToken cancellation)
    {
        var places = Enumerable.Range(0, 3).Select(axis => Places(box.Origin[axis], box.Shape[axis], reader.Info.Shape[axis])).ToArray();
        var hull = Box.FromEnds(
            new NdIndex([.. places.Select(axis => (long)axis.Where(place => place >= 0).Min())]),
            new NdIndex([.. places.Select(axis => (long)axis.Max() + 1)]));
        var type = reader.Info.Type;
        var stored = ArrayPool<byte>.Shared.Rent(checked((int)hull.Volume * type.Size()));
        var values = hull == box ? null : ArrayPool<byte>.Shared.Rent(checked((int)hull.Volume * sizeof(float)));
        try
        {
            var voxels = stored.AsMemory(0, (int)hull.Volume * type.Size());
            await reader.ReadAsync(hull, voxels, cancellation);
            var inside = (values is null ? target : values.AsMemory(0, (int)hull.Volume * sizeof(float))).Span;
            VoxelConversion.Normalise(type, voxels.Span, MemoryMarshal.Cast<byte, float>(inside), mean, deviation);
            if (values is not null)
                Spread(MemoryMarshal.Cast<byte, float>(inside), hull, places, MemoryMarshal.Cast<byte, float>(target.Span));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(stored);
            if (values is not null)
                ArrayPool<byte>.Shared.Return(values);
        }
    }

    /// <summary>For each place along an axis the voxel that is seen there; -1 for none.</summary>
    private int[] Places(long from, long count, long extent)
    {
        var places = new int[count];
        for (var i = 0; i < count; i++)
        {
            var at = from + i;
            if (at < 0 || at >= extent)
            {
                var period = Math.Max(1, 2 * (extent - 1));
                var folded = ((at % period) + period) % period;
                at = border == BorderPolicy.Zero ? -1 : Math.Min(folded, period - folded) % extent;
            }

            places[i] = (int)at;
        }

        return places;
    }

    private static void Spread(ReadOnlySpan<float> inside, Box hull, int[][] places, Span<float> target)
    {
        var (row, plane) = ((int)hull.Shape[2], (int)(hull.Shape[1] * hull.Shape[2]));
        var width = places[2].Length;
        var at = 0;
        foreach (var z in places[0])
        {
            foreach (var y in places[1])
            {
                var line = target.Slice(at, width);
                at += width;
                if (z < 0 || y < 0)
                {
                    line.Clear();
                    continue;
                }

                var from = inside.Slice(((z - (int)hull.Origin[0]) * plane) + ((y - (int)hull.Origin[1]) * row), row);
                for (var x = 0; x < width; x++)
                    line[x] = places[2][x] < 0 ? 0 : from[places[2][x] - (int)hull.Origin[2]];
            }
        }
    }
}
