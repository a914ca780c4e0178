using System.Buffers;
using EmPipeline.Formats.Images;
using EmPipeline.Volumes;
using EmPipeline.Zarr;
using EmPipeline.Zarr.Chunks;

namespace EmPipeline.Formats.ImageStack;

/// <summary>One PNG or JPEG file. A box that is not the whole image is cut out of the decoded image, which the cache keeps for the next.</summary>
/// <param name="cache">The slices of a stack last decoded, shared by them; keyed by the file's key.</param>
internal sealed class EncodedImageReader(VolumePath path, bool isPng, VolumeInfo info, BoundedCache<string, byte[]> cache) : IVolumeReader
{
    public VolumeInfo Info { get; } = info;

    public async ValueTask ReadAsync(Box box, Memory<byte> buffer, CancellationToken cancellation = default)
    {
        VolumeReaderArguments.Check(Info, box, buffer.Length);
        cancellation.ThrowIfCancellationRequested();
        var whole = Box.Whole(Info.Shape);
        if (box == whole)
        {
            await DecodeAsync(buffer, cancellation);
            return;
        }

        var decoded = await cache.GetAsync(path.Key, WholeAsync, cancellation);
        StridedCopy.Copy(decoded, whole, buffer.Span, box, Info.Type.Size());
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<byte[]> WholeAsync(string key, CancellationToken cancellation)
    {
        if (Info.DecodedBytes > Array.MaxLength)
            throw EmException.Unsupported(path.ToString(), $"an image of {Info.DecodedBytes} bytes");
        var bytes = GC.AllocateUninitializedArray<byte>((int)Info.DecodedBytes);
        await DecodeAsync(bytes, cancellation);
        return bytes;
    }

    private async ValueTask DecodeAsync(Memory<byte> target, CancellationToken cancellation)
    {
        if (await path.Store.FindAsync(path.Key, cancellation) is not { } found)
            throw EmException.Unavailable(path.ToString(), "got nothing there, expected the image that was opened before.");
        if (found.Length > Array.MaxLength)
            throw EmException.Unsupported(path.ToString(), $"an image file of {found.Length} bytes");
        var rented = ArrayPool<byte>.Shared.Rent((int)found.Length);
        try
        {
            var stream = rented.AsMemory(0, (int)found.Length);
            await path.Store.ReadAsync(path.Key, 0, stream, cancellation);
            Decode(stream.Span, target.Span);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw EmException.Corrupt(path.ToString(), e.Message, e);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private void Decode(Span<byte> stream, Span<byte> target)
    {
        var (height, width) = ((int)Info.Shape[0], (int)Info.Shape[1]);
        var samples = Info.Shape.Rank > 2 ? (int)Info.Shape[2] : 1;
        if (!isPng)
        {
            JpegImage.Decode(stream, target, width, height, samples);
            return;
        }

        var header = PngHeader.Parse(stream);
        if ((header.Width, header.Height, header.Samples, header.Type) != (width, height, samples, Info.Type))
            throw new InvalidDataException("got another image than when the file was opened.");
        PngImage.Decode(stream, target);
    }
}
