using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using EmPipeline.Volumes;

namespace EmPipeline.Formats.Tiff.Metadata;

/// <summary>
/// OME-XML as far as it says where planes are and how large a voxel is. Elements are found by local name: the namespace differs with
/// every edition of the schema.
/// </summary>
internal static class OmeXml
{
    /// <summary>The images of a description; null when the text is not OME-XML or lists no image (a companion file has them).</summary>
    public static IReadOnlyList<OmeImage>? Parse(string? description)
    {
        if (description is null || !description.TrimEnd().EndsWith("OME>", StringComparison.Ordinal))
            return null;
        XElement root;
        try
        {
            // No document type: entities could name files or grow without bound.
            using var reader = XmlReader.Create(
                new StringReader(description.TrimStart('\uFEFF')), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
            root = XElement.Load(reader);
        }
        catch (XmlException)
        {
            return null;
        }

        if (root.Name.LocalName != "OME")
            return null;
        var ownIdentifier = root.Attribute("UUID")?.Value;
        var images = new List<OmeImage>();
        foreach (var image in Children(root, "Image"))
        {
            if (Children(image, "Pixels").FirstOrDefault() is { } pixels && Image(image, pixels, ownIdentifier) is { } parsed)
                images.Add(parsed);
        }

        return images.Count > 0 ? images : null;
    }

    private static OmeImage? Image(XElement image, XElement pixels, string? ownIdentifier)
    {
        var order = pixels.Attribute("DimensionOrder")?.Value;
        if (order is not { Length: 5 } || !order.StartsWith("XY", StringComparison.Ordinal) || !"ZCT".All(order.Contains))
            return null;
        var (x, y, z) = (Length(pixels, "X"), Length(pixels, "Y"), Length(pixels, "Z"));
        return new OmeImage(
            image.Attribute("Name")?.Value ?? image.Attribute("ID")?.Value,
            order,
            Extent(pixels, "SizeX"), Extent(pixels, "SizeY"), Extent(pixels, "SizeZ"), Extent(pixels, "SizeC"), Extent(pixels, "SizeT"),
            StatedSize.Of(z, y, x, "ImageDescription (OME-XML) Pixels.PhysicalSizeX, Y, Z"),
            [.. Children(pixels, "TiffData").Select(data => TiffData(data, ownIdentifier))]);
    }

    private static OmeTiffData TiffData(XElement data, string? ownIdentifier)
    {
        var identifier = Children(data, "UUID").FirstOrDefault();
        var file = identifier is null || identifier.Value.Trim() == ownIdentifier ? null : identifier.Attribute("FileName")?.Value;
        return new OmeTiffData(
            Number(data, "IFD"), Number(data, "PlaneCount"),
            Number(data, "FirstZ") ?? 0, Number(data, "FirstC") ?? 0, Number(data, "FirstT") ?? 0, file);
    }

    /// <summary>A physical size; micrometres where no unit is written, as the schema says.</summary>
    private static double? Length(XElement pixels, string axis) =>
        StatedSize.Number(pixels.Attribute("PhysicalSize" + axis)?.Value) is { } length
            ? LengthUnits.ToNanometres(length, pixels.Attribute($"PhysicalSize{axis}Unit")?.Value ?? "um")
            : null;

    private static long Extent(XElement element, string name) => Math.Clamp(Number(element, name) ?? 1, 1, int.MaxValue);

    private static long? Number(XElement element, string name) =>
        long.TryParse(element.Attribute(name)?.Value, NumberStyles.Integer, CultureInfo.InvariantCulture, out var value) ? value : null;

    private static IEnumerable<XElement> Children(XElement element, string name) =>
        element.Elements().Where(child => child.Name.LocalName == name);
}
