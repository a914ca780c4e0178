using System.Buffers;
using EmPipeline.Volumes;

namespace EmPipeline.Formats.Dm;

/// <summary>
/// Reads colour pixels, which are 32-bit numbers 0xAARRGGBB in the file, as an axis of red, green, blue and alpha. Owns the reader below it.
/// </summary>
/// <param name="file">The bytes in the order of the file.</param>
internal sealed class DmColourReader(IVolumeReader file, bool bigEndian) : IVolumeReader
{
    private const int Channels = 4;

    public VolumeInfo Info => file.Info;

    public async ValueTask ReadAsync(Box box, Memory<byte> buffer, CancellationToken cancellation = default)
    {
        VolumeReaderArguments.Check(Info, box, buffer.Length);
        var channel = box.Rank - 1;
        var (origin, shape) = (box.Origin, box.Shape);
        (origin[channel], shape[channel]) = (0, Channels);
        var pixels = new Box(origin, shape);
        var bytes = checked((int)pixels.Volume);
        var rented = ArrayPool<byte>.Shared.Rent(bytes);
        try
        {
            await file.ReadAsync(pixels, rented.AsMemory(0, bytes), cancellation);
            Pick(rented.AsSpan(0, bytes), (int)box.Origin[channel], (int)box.Shape[channel], buffer.Span);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    public ValueTask DisposeAsync() => file.DisposeAsync();

    private void Pick(ReadOnlySpan<byte> pixels, int first, int count, Span<byte> target)
    {
        // The byte of R, G, B and A in a pixel of the file.
        ReadOnlySpan<int> places = bigEndian ? [1, 2, 3, 0] : [2, 1, 0, 3];
        var to = 0;
        for (var from = 0; from < pixels.Length; from += Channels)
        {
            for (var channel = first; channel < first + count; channel++)
                target[to++] = pixels[from + places[channel]];
        }
    }
}
