using EmPipeline.Volumes;

namespace EmPipeline.Formats.Tiff.Metadata;

/// <summary>The "key=value" lines that ImageJ writes into the first page's ImageDescription.</summary>
internal sealed class ImageJDescription
{
    private const double NanometresPerInch = 25.4e6;

    // As many as ImageJ itself shows together.
    private const long MostChannels = 7;

    private readonly Dictionary<string, string> _values;

    private ImageJDescription(Dictionary<string, string> values) => _values = values;

    /// <summary>How many planes the file holds, by its own account.</summary>
    public long Images => Count("images");

    public static ImageJDescription? Parse(string? description)
    {
        if (description is null || !description.StartsWith("ImageJ=", StringComparison.Ordinal))
            return null;
        var values = new Dictionary<string, string>();
        foreach (var line in description.AsSpan().EnumerateLines())
        {
            var equals = line.IndexOf('=');
            if (equals > 0)
                values[line[..equals].Trim().ToString()] = line[(equals + 1)..].Trim().ToString();
        }

        return new ImageJDescription(values);
    }

    /// <summary>The stacking of the planes, channels fastest; null when the numbers contradict each other, or name channels that are none, and there is just a stack.</summary>
    public (string Axes, NdIndex Shape)? Stacking()
    {
        var (frames, slices, channels) = (Count("frames"), Count("slices"), Count("channels"));
        // Nothing has so many channels; tifffile writes so of any stack whose axes it is not told.
        if (frames == 1 && slices == 1 && channels > MostChannels)
            return null;
        if ((Int128)frames * slices * channels != Images)
            return null;
        var axes = new[] { ('t', frames), ('z', slices), ('c', channels) }.Where(axis => axis.Item2 > 1).ToArray();
        return (string.Concat(axes.Select(axis => axis.Item1)), new NdIndex(axes.Select(axis => axis.Item2).ToArray()));
    }

    /// <summary>
    /// The calibration: the resolution tags count pixels per "unit" here, whatever ResolutionUnit says, and "spacing" is the z step in the same unit.
    /// </summary>
    public async ValueTask<StatedSize> SizeAsync(TiffDirectory directory, CancellationToken cancellation)
    {
        var unit = _values.GetValueOrDefault("unit");
        // Inches are what ImageJ makes of a print resolution in a file that it opens: 72 dpi is no voxel size.
        if (LengthUnits.ToNanometres(unit) is null or NanometresPerInch)
            return StatedSize.None;
        var x = await ResolutionTags.UnitsPerPixelAsync(directory, TiffTag.XResolution, cancellation);
        var y = await ResolutionTags.UnitsPerPixelAsync(directory, TiffTag.YResolution, cancellation);
        var spacing = _values.TryGetValue("spacing", out var text) ? StatedSize.Number(text) : null;
        return StatedSize.Of(
            Length(spacing, "zunit", unit), Length(y, "yunit", unit), Length(x, "unit", unit),
            "ImageDescription (ImageJ) unit, spacing; XResolution, YResolution");
    }

    // ImageJ writes a negative spacing for stacks that run downwards.
    private double? Length(double? value, string unitKey, string? unit) =>
        value is { } length ? LengthUnits.ToNanometres(Math.Abs(length), _values.GetValueOrDefault(unitKey) ?? unit) : null;

    private long Count(string key) =>
        _values.TryGetValue(key, out var text) && StatedSize.Number(text) is >= 1 and <= int.MaxValue and var value ? (long)value : 1;
}
