using EmPipeline.Volumes;

namespace EmPipeline.Formats.Tiff.Metadata;

/// <summary>
/// The text of Zeiss SmartSEM, tag 34118: a block of bare numbers, then pairs of lines, an identifier ("AP_IMAGE_PIXEL_SIZE") and
/// "Name = value unit".
/// </summary>
internal static class ZeissMetadata
{
    // The fourth of the leading numbers is the pixel size in metres, for files that have no named one.
    private const int PixelSizeLine = 3;
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

        foreach (var key in (string[])["AP_IMAGE_PIXEL_SIZE", "AP_PIXEL_SIZE"])
        {
            if (values.TryGetValue(key, out var text) && Length(text) is { } pixel)
                return StatedSize.Of(null, pixel, pixel, $"{Origin} {key}");
        }

        return headerSize is > 0 ? StatedSize.Of(null, headerSize, headerSize, $"{Origin} line {PixelSizeLine + 1}") : StatedSize.None;
    }

    /// <summary>"2.614 nm" in nanometres.</summary>
    private static double? Length(string text)
    {
        var space = text.IndexOf(' ', StringComparison.Ordinal);
        return space > 0 && StatedSize.Number(text.AsSpan(0, space)) is { } length ? LengthUnits.ToNanometres(length, text[space..]) : null;
    }
}
