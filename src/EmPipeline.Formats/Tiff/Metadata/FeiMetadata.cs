using EmPipeline.Volumes;

namespace EmPipeline.Formats.Tiff.Metadata;

/// <summary>The INI text of FEI (Thermo Fisher) scanning microscopes, tags 34680 and 34682. Lengths are in metres.</summary>
internal static class FeiMetadata
{
    private const double NanometresPerMetre = 1e9;

    public static async ValueTask<StatedSize> ReadAsync(TiffDirectory directory, List<MetadataValue> metadata, CancellationToken cancellation)
    {
        var size = StatedSize.None;
        foreach (var tag in (TiffTag[])[TiffTag.FeiHelios, TiffTag.FeiSfeg])
            size = size.Or(await ReadAsync(directory, tag, metadata, cancellation));
        return size;
    }

    private static StatedSize Parse(string text, string origin, List<MetadataValue> metadata)
    {
        var section = "";
        var (exact, other) = (default(PixelSize), default(PixelSize));
        foreach (var raw in text.AsSpan().EnumerateLines())
        {
            var line = raw.Trim();
            if (line is ['[', .., ']'])
            {
                section = line[1..^1].ToString();
                continue;
            }

            var equals = line.IndexOf('=');
            if (equals <= 0)
                continue;
            var key = line[..equals].Trim();
            var value = line[(equals + 1)..].Trim();
            metadata.Add(new MetadataValue($"{section}.{key}", value.ToString(), origin));
            // [Scan] is the scan that made the image; a dual beam also has [EScan] and [IScan].
            if (section == "Scan")
                exact = exact.With(key, value, section);
            else if (section.EndsWith("Scan", StringComparison.Ordinal) && (other.Section is null || other.Section == section))
                other = other.With(key, value, section);
        }

        var found = exact.X is not null ? exact : other;
        return StatedSize.Of(null, found.Y ?? found.X, found.X, $"{origin} {found.Section}.PixelWidth");
    }

    private static async ValueTask<StatedSize> ReadAsync(
        TiffDirectory directory, TiffTag tag, List<MetadataValue> metadata, CancellationToken cancellation) =>
        await directory.TextAsync(tag, cancellation) is { } text ? Parse(text, $"tag {(int)tag} (FEI)", metadata) : StatedSize.None;

    private readonly record struct PixelSize(double? X, double? Y, string? Section)
    {
        public PixelSize With(ReadOnlySpan<char> key, ReadOnlySpan<char> value, string section)
        {
            var length = StatedSize.Number(value) is > 0 and var metres ? metres * NanometresPerMetre : (double?)null;
            return key switch
            {
                "PixelWidth" => this with { X = length, Section = section },
                "PixelHeight" => this with { Y = length, Section = section },
                _ => this,
            };
        }
    }
}
