using System.Buffers;
using EmPipeline.Volumes;

namespace EmPipeline.Formats.ImageStack;

/// <summary>Slices of one size as a volume: z is the position in the list.</summary>
/// <param name="open">Opens a slice that is not kept open, by its file's name.</param>
internal sealed class ImageStackReader(VolumeInfo info, IReadOnlyList<Slice> slices, Func<string, CancellationToken, ValueTask<IVolumeReader>> open) : IVolumeReader
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
            if (slice.Form.Type == Info.Type)
                await ReadAsync(slice, plane, target, cancellation);
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

    /// <param name="plane">On the axes of the slices.</param>
    private async ValueTask ReadAsync(Slice slice, Box plane, Memory<byte> target, CancellationToken cancellation)
    {
        var box = slice.Form.InFile(plane);
        if (slice.Kept is not null)
        {
            await slice.Kept.ReadAsync(box, target, cancellation);
            return;
        }

        await using var reader = await open(slice.FileName, cancellation);
        if (!slice.Form.Fits(reader.Info))
            throw EmException.Corrupt(slice.FileName, $"got {reader.Info.Shape} of {reader.Info.Type.Name()}, expected {slice.Form.Info.Shape} of {slice.Form.Type.Name()} as when it was opened first. It changed meanwhile.");
        await reader.ReadAsync(box, target, cancellation);
    }

    private async ValueTask ReadWidenedAsync(Slice slice, Box plane, Memory<byte> target, CancellationToken cancellation)
    {
        var length = (int)(plane.Volume * slice.Form.Type.Size());
        using var rented = MemoryPool<byte>.Shared.Rent(length);
        await ReadAsync(slice, plane, rented.Memory[..length], cancellation);
        VoxelWidening.Convert(rented.Memory.Span[..length], slice.Form.Type, target.Span, Info.Type);
    }

    private static NdIndex Rest(NdIndex index) => new(index.ToArray().AsSpan(1));
}
