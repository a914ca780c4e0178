using System.Globalization;
using EmPipeline.Formats.Images;
using EmPipeline.Volumes;
using EmPipeline.Zarr;
using EmPipeline.Zarr.Chunks;

namespace EmPipeline.Formats.ImageStack;

/// <summary>Opens a single PNG or JPEG file.</summary>
internal static class EncodedImage
{
    private const int HeadLength = 4 << 10;
    private const int JpegHeadLength = 256 << 10;

    private static ReadOnlySpan<byte> JpegStart => [0xFF, 0xD8, 0xFF];

    public static bool IsPng(ReadOnlySpan<byte> head) => head.StartsWith(PngHeader.Signature);

    public static bool IsJpeg(ReadOnlySpan<byte> head) => head.StartsWith(JpegStart);

    /// <exception cref="EmException">Neither PNG nor JPEG, or damaged.</exception>
    public static async ValueTask<IVolumeReader> OpenAsync(VolumePath path, BoundedCache<string, byte[]> cache, CancellationToken cancellation)
    {
        if (await path.Store.FindAsync(path.Key, cancellation) is not { } found)
            throw EmException.Unavailable(path.ToString(), "got nothing there, expected an image.");
        var head = await HeadAsync(path, found.Length, HeadLength, cancellation);
        if (IsJpeg(head) && found.Length > head.Length)
            head = await HeadAsync(path, found.Length, JpegHeadLength, cancellation);
        try
        {
            if (IsPng(head))
                return OpenPng(path, found.Length, head, cache);
            if (IsJpeg(head))
                return OpenJpeg(path, found.Length, head, cache);
        }
        catch (InvalidDataException e)
        {
            throw EmException.Corrupt(path.ToString(), e.Message, e);
        }

        throw EmException.Corrupt(path.ToString(), "got neither a PNG nor a JPEG signature, expected what the file's name says.");
    }

    private static EncodedImageReader OpenPng(VolumePath path, long length, byte[] head, BoundedCache<string, byte[]> cache)
    {
        var header = PngHeader.Parse(head);
        if (!PngImage.IsPossible(header, length))
            throw new InvalidDataException($"got a file of {length} bytes, too short for the {header.Height}×{header.Width} pixels of its header.");
        var (size, metadata) = PngMetadata.Read(head);
        metadata.Add(new MetadataValue("Colour type", header.Colour.ToString(), "IHDR"));
        metadata.Add(new MetadataValue("Bit depth", header.Bits.ToString(CultureInfo.InvariantCulture), "IHDR"));
        var info = Info(header.Width, header.Height, header.Samples, header.Type) with
        {
            VoxelSize = size,
            VoxelSizeOrigin = size == VoxelSize.Unknown ? null : "pHYs",
            Metadata = metadata,
        };
        return new EncodedImageReader(path, isPng: true, info, cache);
    }

    private static EncodedImageReader OpenJpeg(VolumePath path, long length, byte[] head, BoundedCache<string, byte[]> cache)
    {
        var frame = JpegImage.Header(head);
        var (width, height, samples) = (frame.Width, frame.Height, frame.Samples);
        if (width == 0 || height == 0)
            throw new InvalidDataException($"got JPEG of {height}×{width} pixels, expected at least 1×1.");
        if (!JpegImage.IsPossible(width, height, samples, length))
            throw new InvalidDataException($"got a file of {length} bytes, too short for the {height}×{width} pixels of its header.");
        if (frame.Unread is { } kind)
            throw EmException.Unsupported(path.ToString(), kind);
        if (samples is not (1 or 3))
            throw EmException.Unsupported(path.ToString(), $"JPEG of {samples} components");
        return new EncodedImageReader(path, isPng: false, Info(width, height, samples, VoxelType.UInt8), cache);
    }

    private static VolumeInfo Info(int width, int height, int samples, VoxelType type)
    {
        var shape = samples == 1 ? new NdIndex(height, width) : new NdIndex(height, width, samples);
        return new VolumeInfo
        {
            Name = "",
            Format = ImageStackFormat.FormatName,
            Shape = shape,
            Axes = samples == 1 ? "yx" : "yxc",
            Type = type,
            Grain = shape,
        };
    }

    private static async ValueTask<byte[]> HeadAsync(VolumePath path, long length, int most, CancellationToken cancellation)
    {
        var head = new byte[Math.Min(most, length)];
        await path.Store.ReadAsync(path.Key, 0, head, cancellation);
        return head;
    }
}
