using System.Globalization;
using EmPipeline.Formats.Attributes;
using EmPipeline.Volumes;

namespace EmPipeline.Formats.ImageStack;

/// <summary>What a PNG or JPEG file states before its pixels.</summary>
internal static class EncodedImageAttributes
{
    public static IEnumerable<StoredAttribute> Of(VolumeInfo info)
    {
        yield return StoredAttribute.OfText("Height", "header", info.Shape[0].ToString(CultureInfo.InvariantCulture));
        yield return StoredAttribute.OfText("Width", "header", info.Shape[1].ToString(CultureInfo.InvariantCulture));
        if (info.VoxelSize is { Y: { } y, X: { } x })
            yield return StoredAttribute.OfText("pHYs", "pHYs", string.Create(CultureInfo.InvariantCulture, $"{y}, {x}"), "nm");
        foreach (var value in info.Metadata)
            yield return StoredAttribute.OfText(value.Key, value.Origin, value.Value);
    }
}
