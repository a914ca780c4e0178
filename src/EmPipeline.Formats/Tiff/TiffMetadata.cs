using System.Globalization;
using EmPipeline.Formats.Tiff.Metadata;
using EmPipeline.Volumes;

namespace EmPipeline.Formats.Tiff;

/// <summary>What a page's tags state: the texts, and the voxel size in any of the vendors' dialects.</summary>
internal static class TiffMetadata
{
    // Descriptions can be whole OME documents with every plane listed; the start tells what a catalogue wants.
    private const int LongestText = 16 << 10;

    private static readonly TiffTag[] Texts =
    [
        TiffTag.ImageDescription, TiffTag.Software, TiffTag.Make, TiffTag.Model, TiffTag.DateTime, TiffTag.Artist, TiffTag.HostComputer, TiffTag.Copyright,
    ];

    private static readonly TiffTag[] Numbers =
    [
        TiffTag.Compression, TiffTag.Predictor, TiffTag.PhotometricInterpretation, TiffTag.BitsPerSample, TiffTag.Orientation,
        TiffTag.XResolution, TiffTag.YResolution, TiffTag.ResolutionUnit,
    ];

    /// <param name="described">The size that the image description states; it comes before the page's tags.</param>
    public static async ValueTask<(StatedSize Size, List<MetadataValue> Values)> ReadAsync(
        TiffDirectory directory, StatedSize described, CancellationToken cancellation)
    {
        var values = new List<MetadataValue>
        {
            new("ByteOrder", directory.File.Header.BigEndian ? "big-endian" : "little-endian", "TIFF header"),
            new("BigTIFF", directory.File.Header.Big ? "true" : "false", "TIFF header"),
        };
        foreach (var tag in Texts)
        {
            if (await directory.TextAsync(tag, cancellation) is { Length: > 0 } text)
                values.Add(new MetadataValue(tag.ToString(), text.Length > LongestText ? text[..LongestText] : text, $"tag {(int)tag}"));
        }

        foreach (var tag in Numbers)
        {
            if (await directory.DoublesAsync(tag, cancellation) is { Length: > 0 } numbers)
                values.Add(new MetadataValue(tag.ToString(), string.Join(", ", numbers.Select(n => n.ToString(CultureInfo.InvariantCulture))), $"tag {(int)tag}"));
        }

        var size = described
            .Or(await GatanMetadata.ReadAsync(directory, values, cancellation))
            .Or(await FeiMetadata.ReadAsync(directory, values, cancellation))
            .Or(await ZeissMetadata.ReadAsync(directory, values, cancellation))
            .Or(await OlympusMetadata.ReadAsync(directory, values, cancellation))
            .Or(await ResolutionTags.SizeAsync(directory, cancellation));
        return (size, values);
    }
}
