using System.Runtime.CompilerServices;
using EmPipeline.Formats.Attributes;
using EmPipeline.Volumes;
using EmPipeline.Zarr;
using EmPipeline.Zarr.Chunks;

namespace EmPipeline.Formats.ImageStack;

/// <summary>A folder of slices, one image file each; also a single PNG or JPEG file.</summary>
public sealed class ImageStackFormat : IFormat
{
    internal const string FormatName = "image-stack";

    /// <summary>The key of the metadata value that says which numbers are missing, or there twice, among the names of the slices.</summary>
    public const string Numbering = "Numbering";

    // Slices whose headers together state more than this are opened again for each read. Of plain voxels only their place is kept.
    private const long DecodedBytes = 128 << 20;
    private const int MostKeptValues = 1 << 18;

    public string Name => FormatName;

    public FormatDescription Description { get; } = new(
        "Image stacks, PNG and JPEG",
        [".png", ".jpg", ".jpeg"],
        [
            "folders of PNG, JPEG, TIFF or DM slices in natural order (2 before 10)",
            "slices of another size or number of channels refused by name",
            "slices of different voxel types read as the narrowest type that holds all, and reported",
            "a folder with one TIFF or DM file is that file, stack or slice",
            "numbers missing in the names reported; the slices that are there follow one another",
            "single PNG and JPEG files",
            "PNG: gray, palette (indices), RGB, with and without alpha, 1 to 16 bits, interlaced",
            "JPEG: gray and colour, 8 bits, decoded exactly as libjpeg does",
            "decoded slices are kept for the next box, up to 128 MiB",
        ],
        [
            "slices that are stacks themselves: their order would be a guess",
            "PNG gamma, profiles and transparency and EXIF orientation are not applied: values are as stored",
            "JPEG of 12 bits or four components, lossless or arithmetic-coded: not used for EM volumes",
        ],
        new Uri("https://www.w3.org/TR/png-3/"));

    public async ValueTask<bool> RecognisesAsync(VolumeProbe probe, CancellationToken cancellation = default)
    {
        if (probe.IsFile)
            return EncodedImage.IsPng(probe.Head.Span) || EncodedImage.IsJpeg(probe.Head.Span);
        try
        {
            return (await ImageStackFolder.ListAsync(probe.Path, cancellation)).Slices.Count > 0;
        }
        catch (NotSupportedException)
        {
            // A store that cannot list has no folders.
            return false;
        }
    }

    public async ValueTask<IReadOnlyList<IVolumeReader>> OpenAsync(VolumePath path, CancellationToken cancellation = default)
    {
        var cache = new BoundedCache<string, byte[]>(DecodedBytes, static bytes => bytes.Length);
        if (await path.Store.FindAsync(path.Key, cancellation) is not null)
            return [await EncodedImage.OpenAsync(path, cache, cancellation)];
        var (names, others) = await ImageStackFolder.ListAsync(path, cancellation);
        if (names.Count == 0)
            throw EmException.Unavailable(path.ToString(), "got no PNG, JPEG, TIFF or DM file there, expected a folder of slices.");
        // A stack in one file that has a folder to itself.
        if (names is [var only] && ImageStackFolder.Kind(only.FileName) is "TIFF" or "DM")
            return await FormatRegistry.OpenAsync(path.Below(only.FileName), cancellation: cancellation);
        var builder = new ImageStackBuilder(path, others);
        var opened = new List<IVolumeReader>();
        var values = 0;
        try
        {
            foreach (var name in names)
            {
                var reader = await OpenOneAsync(path.Below(name.FileName), cache, cancellation);
                var plain = reader is RawArrayReader;
                values += plain ? 0 : 1 + reader.Info.Metadata.Count;
                var keep = plain || values <= MostKeptValues;
                if (keep && !plain)
                    opened.Add(reader);
                builder.Add(name.FileName, reader, keep);
                if (!keep)
                    await reader.DisposeAsync();
            }

            return [builder.Build((name, token) => OpenOneAsync(path.Below(name), cache, token))];
        }
        catch
        {
            foreach (var reader in opened)
                await reader.DisposeAsync();
            throw;
        }
    }

    public async IAsyncEnumerable<StoredAttribute> AttributesAsync(VolumePath file, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        if (ImageStackFolder.Kind(file.Key[(file.Key.LastIndexOf('/') + 1)..]) is "TIFF" or "DM")
        {
            await foreach (var attribute in FormatRegistry.AttributesAsync(file, cancellation))
                yield return attribute;
            yield break;
        }

        await using var image = await EncodedImage.OpenAsync(file, new BoundedCache<string, byte[]>(0, static bytes => bytes.Length), cancellation);
        foreach (var attribute in EncodedImageAttributes.Of(image.Info))
            yield return attribute;
    }

    private static async ValueTask<IVolumeReader> OpenOneAsync(VolumePath path, BoundedCache<string, byte[]> cache, CancellationToken cancellation)
    {
        if (ImageStackFolder.Kind(path.Key[(path.Key.LastIndexOf('/') + 1)..]) is "PNG" or "JPEG")
            return await EncodedImage.OpenAsync(path, cache, cancellation);
        var arrays = await FormatRegistry.OpenAsync(path, cancellation: cancellation);
        if (arrays is [var single])
            return single;
        foreach (var array in arrays)
            await array.DisposeAsync();
        throw EmException.Unsupported(path.ToString(), $"a slice file of {arrays.Count} images");
    }
}
