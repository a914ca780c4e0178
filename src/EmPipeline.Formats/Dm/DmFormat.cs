using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using EmPipeline.Formats.Attributes;
using EmPipeline.Volumes;
using EmPipeline.Zarr;

namespace EmPipeline.Formats.Dm;

/// <summary>Gatan DigitalMicrograph files, versions 3 and 4: a tree of tags of which some hold images.</summary>
public sealed class DmFormat : IFormat
{
    private const int HeaderBytes = 27;

    public string Name => "dm";

    public FormatDescription Description { get; } = new(
        "DigitalMicrograph DM3 and DM4",
        [".dm3", ".dm4"],
        [
            "The whole tag tree, both byte orders; every tag is metadata",
            "Integers of 8 to 64 bits, floats, binary, complex (axis i), RGBA (axis c); 1 to 8 dimensions",
            "Thumbnails are told from images by the file's own list",
            "Voxel size from calibrations in pm, Å, nm, µm, mm; the slice thickness of SBF-SEM tags as z of a slice",
            "Region reads straight from the file",
        ],
        ["Packed half Fourier transforms (data types 5, 27, 28): no volume is stored so"],
        new Uri("https://www.rosettasciio.org/supported_formats/digitalmicrograph.html"));

    public ValueTask<bool> RecognisesAsync(VolumeProbe probe, CancellationToken cancellation = default) =>
        ValueTask.FromResult(probe.IsFile && IsHeader(probe.Head.Span));

    public async ValueTask<IReadOnlyList<IVolumeReader>> OpenAsync(VolumePath path, CancellationToken cancellation = default)
    {
        var file = await path.Store.FindAsync(path.Key, cancellation) ?? throw EmException.Unavailable(path.ToString(), "no such file.");
        var cursor = new DmCursor(path, file.Length);
        var root = await new DmTagReader(cursor).ReadAsync(cancellation);
        if (root.Group("ImageList") is not { } list)
            throw EmException.Corrupt(path.ToString(), "got no tag group 'ImageList', expected one. The file holds no image.");

        var thumbnails = DmThumbnails.Of(root);
        var images = new List<DmImage>();
        var document = new List<MetadataValue>(DmMetadata.Flatten(root, "", "document tags", leaveOut: "ImageList"));
        foreach (var (index, tags) in list.Groups.Index())
        {
            if (thumbnails.Contains(index))
                continue;
            if (DmImage.Of(index, tags, out var skipped) is { } image)
                images.Add(image);
            else
                document.Add(new MetadataValue($"not read: ImageList[{index}]", skipped ?? "", "ImageList"));
        }

        if (images.Count == 0)
        {
            throw document.FindLast(value => value.Origin == "ImageList") is { Value: { } reason }
                ? EmException.Unsupported(path.ToString(), $"an image list without a readable image ({reason})")
                : EmException.Corrupt(path.ToString(), "got thumbnails only in 'ImageList', expected an image.");
        }

        return [.. images.Select(image => Open(path, file.Length, image, images.Count == 1, document, cursor.BigEndianData))];
    }

    public async IAsyncEnumerable<StoredAttribute> AttributesAsync(VolumePath file, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var found = await file.Store.FindAsync(file.Key, cancellation) ?? throw EmException.Unavailable(file.ToString(), "no such file.");
        var root = await new DmTagReader(new DmCursor(file, found.Length), StoredAttribute.MostHashedBytes).ReadAsync(cancellation);
        foreach (var attribute in DmAttributes.Of(root))
            yield return attribute;
    }

    private static IVolumeReader Open(
        VolumePath path, long fileLength, DmImage image, bool alone, List<MetadataValue> document, bool bigEndian)
    {
        var (shape, type) = (image.Shape, image.Pixels.Type);
        RawArrayReader.CheckFits(path, image.Data.Offset, shape, type, Math.Min(fileLength, image.Data.Offset + image.Data.ByteLength));
        var (size, origin) = DmCalibration.SizeOf(image.Tags, image.Axes);
        var info = new VolumeInfo
        {
            Name = alone ? "" : image.Place,
            Format = "dm",
            Shape = shape,
            Axes = image.Axes,
            Type = type,
            Grain = RawArrayReader.RowOf(shape),
            Advice = RawArrayReader.AdviceOf(shape, type),
            VoxelSize = size,
            VoxelSizeOrigin = origin,
            Metadata = new DmJoinedMetadata(
                [
                    .. DmMetadata.Flatten(image.Tags, "", image.Place),
                    .. DmDates.Of(image.Tags),
                    new MetadataValue("Pixel offset", image.Data.Offset.ToString(System.Globalization.CultureInfo.InvariantCulture), $"{image.Place}.ImageData.Data"),
                ],
                document),
        };
        var colour = image.Pixels.Axis == 'c';
        var reader = new RawArrayReader(path, image.Data.Offset, info, swapped: bigEndian && !colour);
        return colour ? new DmColourReader(reader, bigEndian) : reader;
    }

    /// <summary>Version, length, byte order, then the root group: two flags, a count, and the kind of its first tag.</summary>
    private static bool IsHeader(ReadOnlySpan<byte> head)
    {
        const byte Group = 20, Data = 21;
        if (head.Length < HeaderBytes)
            return false;
        var order = BinaryPrimitives.ReadInt32BigEndian(head) switch
        {
            3 => 8,
            4 => 12,
            _ => -1,
        };
        if (order < 0 || BinaryPrimitives.ReadInt32BigEndian(head[order..]) is not (0 or 1))
            return false;
        var flags = order + 4;
        var firstTag = flags + 2 + (order - 4);
        return head[flags] <= 1 && head[flags + 1] <= 1 && head[firstTag] is Group or Data;
    }
}
