using EmPipeline.Volumes;

namespace EmPipeline.Formats.Tiff.Metadata;

/// <summary>
/// The text of Zeiss SmartSEM, tag 34118: a block of bare numbers, then pairs of lines, an identifier ("AP_IMAGE_PIXEL_SIZE") and
/// "Name = value unit".
/// </summary>
internal static class ZeissMetadata
{
    // The fourth of the leading numbers is the pixel size in metres of a picture 1024 pixels wide: the named sizes are the same, rounded.
    private const int PixelSizeLine = 3;
    private const double DisplayWidth = 1024;
    private const double Rounding = 0.01;
    private const double NanometresPerMetre = 1e9;

    public static async ValueTask<StatedSize> ReadAsync(TiffDirectory directory, List<MetadataValue> metadata, CancellationToken cancellation)
    {
        if (await directory.BytesAsync(TiffTag.ZeissSem, cancellation) is not { } bytes)
            return StatedSize.None;
        const string Origin = "tag 34118 (Zeiss)";
        var values = new Dictionary<string, string>();
        var (identifier, lineNumber, headerSize) = ("", 0, (double?)null);
        foreach (var raw in TiffText.Decode(bytes.AsSpan().TrimEnd((byte)0)).AsSpan().EnumerateLines())
        {
            var line = raw.Trim().Trim('\0');
            if (lineNumber++ == PixelSizeLine)
                headerSize = StatedSize.Number(line) * NanometresPerMetre;
            var equals = line.IndexOf('=');
            // Dates and times are written "Date :12 Mar 2015".
            var separator = equals >= 0 ? equals : line.IndexOf(':');
            if (separator > 0 && identifier.Length > 0)
            {
                var value = line[(separator + 1)..].Trim().ToString();
                values[identifier] = value;
                metadata.Add(new MetadataValue($"{identifier} {line[..separator].Trim()}", value, Origin));
                identifier = "";
            }
            else
            {
                identifier = line.Length > 3 && line[2] == '_' ? line.ToString() : "";
            }
        }

        var image = Named(values, "AP_IMAGE_PIXEL_SIZE");
        var width = await directory.NumberAsync(TiffTag.ImageWidth, 0, cancellation);
        var exact = headerSize is > 0 && width > 0 ? headerSize * (DisplayWidth / width) : null;
        if (image is null || IsAbout(exact, image.Value) || IsAbout(headerSize, image.Value))
        {
            var size = image is null || IsAbout(exact, image.Value) ? exact : headerSize;
            if (size is not null)
                return StatedSize.Of(null, size, size, $"{Origin} line {PixelSizeLine + 1}");
        }

        return image is not null
            ? StatedSize.Of(null, image, image, $"{Origin} AP_IMAGE_PIXEL_SIZE")
            : Named(values, "AP_PIXEL_SIZE") is { } pixel ? StatedSize.Of(null, pixel, pixel, $"{Origin} AP_PIXEL_SIZE") : StatedSize.None;
    }

    private static bool IsAbout(double? size, double rounded) => size is { } exact && Math.Abs(exact - rounded) <= Rounding * rounded;

    private static double? Named(Dictionary<string, string> values, string key) => values.TryGetValue(key, out var text) ? Length(text) : null;

    /// <summary>"2.614 nm" in nanometres.</summary>
    private static double? Length(string text)
    {
        var space = text.IndexOf(' ', StringComparison.Ordinal);
        return space > 0 && StatedSize.Number(text.AsSpan(0, space)) is { } length ? LengthUnits.ToNanometres(length, text[space..]) : null;
    }
}
