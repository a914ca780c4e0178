using System.Buffers;
using EmPipeline.Volumes;

namespace EmPipeline.Formats.ImageStack;

/// <summary>Slices of one size as a volume: z is the position in the list.</summary>
internal sealed class ImageStackReader(VolumeInfo info, IReadOnlyList<Slice> slices) : IVolumeReader
{
    public VolumeInfo Info { get; } = info;

    public async ValueTask ReadAsync(Box box, Memory<byte> buffer, CancellationToken cancellation = default)
    {
        VolumeReaderArguments.Check(Info, box, buffer.Length);
        cancellation.ThrowIfCancellationRequested();
        if (box.IsEmpty)
            return;
        var plane = new Box(Rest(box.Origin), Rest(box.Shape));
        var bytes = (int)(plane.Volume * Info.Type.Size());
        for (var z = 0; z < box.Shape[0]; z++)
        {
            cancellation.ThrowIfCancellationRequested();
            var slice = slices[(int)box.Origin[0] + z];
            var target = buffer.Slice(z * bytes, bytes);
            if (slice.Type == Info.Type)
                await slice.ReadAsync(plane, target, cancellation);
            else
                await ReadWidenedAsync(slice, plane, target, cancellation);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var slice in slices)
        {
            if (slice.Kept is not null)
                await slice.Kept.DisposeAsync();
        }
    }

    private async ValueTask ReadWidenedAsync(Slice slice, Box plane, Memory<byte> target, CancellationToken cancellation)
    {
        var length = (int)(plane.Volume * slice.Type.Size());
        using var rented = MemoryPool<byte>.Shared.Rent(length);
        await slice.ReadAsync(plane, rented.Memory[..length], cancellation);
        VoxelWidening.Convert(rented.Memory.Span[..length], slice.Type, target.Span, Info.Type);
    }

    private static NdIndex Rest(NdIndex index) => new(index.ToArray().AsSpan(1));
}
