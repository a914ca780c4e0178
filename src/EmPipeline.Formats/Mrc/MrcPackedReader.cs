using System.Buffers;
using EmPipeline.Volumes;

namespace EmPipeline.Formats.Mrc;

/// <summary>Reads voxels of four bits, two a byte, rows padded to whole bytes: unpacked to bytes of 0 to 15.</summary>
/// <param name="rows">The packed file as an array of bytes: the last axis is the bytes of a row.</param>
internal sealed class MrcPackedReader(VolumeInfo info, IVolumeReader rows) : IVolumeReader
{
    public VolumeInfo Info { get; } = info;

    public async ValueTask ReadAsync(Box box, Memory<byte> buffer, CancellationToken cancellation = default)
    {
        VolumeReaderArguments.Check(Info, box, buffer.Length);
        var last = box.Rank - 1;
        var (origin, shape) = (box.Origin, box.Shape);
        var (first, count) = (box.Origin[last], (int)box.Shape[last]);
        origin[last] = first / 2;
        shape[last] = ((first + count + 1) / 2) - origin[last];
        var packed = new Box(origin, shape);
        var bytes = checked((int)packed.Volume);
        var rented = ArrayPool<byte>.Shared.Rent(bytes);
        try
        {
            await rows.ReadAsync(packed, rented.AsMemory(0, bytes), cancellation);
            Unpack(rented.AsSpan(0, bytes), (int)shape[last], (int)(first % 2), count, buffer.Span);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    public ValueTask DisposeAsync() => rows.DisposeAsync();

    private static void Unpack(ReadOnlySpan<byte> packed, int rowBytes, int first, int count, Span<byte> target)
    {
        const int HalfMask = 0xF, HalfBits = 4;
        var to = 0;
        for (var row = 0; row < packed.Length; row += rowBytes)
        {
            for (var i = first; i < first + count; i++)
                target[to++] = (byte)((packed[row + (i / 2)] >> (i % 2 * HalfBits)) & HalfMask);
        }
    }
}
