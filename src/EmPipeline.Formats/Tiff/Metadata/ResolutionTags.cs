namespace EmPipeline.Formats.Tiff.Metadata;

/// <summary>
/// The baseline tags XResolution and YResolution. Most software fills them with a print resolution (72, 300 dpi) or its idea of a
/// millimetre (ITK's 25.4 per inch). Only pixels below a micrometre can be those of an electron microscope, and only these count.
/// </summary>
internal static class ResolutionTags
{
    private const double LargestPixel = 1000;
    private const double NanometresPerInch = 25.4e6;
    private const double NanometresPerCentimetre = 1e7;

    public static async ValueTask<StatedSize> SizeAsync(TiffDirectory directory, CancellationToken cancellation)
    {
        var unit = await directory.NumberAsync(TiffTag.ResolutionUnit, 2, cancellation) switch
        {
            2 => NanometresPerInch,
            3 => NanometresPerCentimetre,
            // 1 is "no absolute unit".
            _ => (double?)null,
        };
        var x = Plausible(await UnitsPerPixelAsync(directory, TiffTag.XResolution, cancellation) * unit);
        var y = Plausible(await UnitsPerPixelAsync(directory, TiffTag.YResolution, cancellation) * unit);
        return StatedSize.Of(null, y, x, "XResolution, YResolution, ResolutionUnit");
    }

    /// <summary>The reciprocal of the stored resolution; null when it is absent, zero or no number.</summary>
    public static async ValueTask<double?> UnitsPerPixelAsync(TiffDirectory directory, TiffTag tag, CancellationToken cancellation) =>
        await directory.DoublesAsync(tag, cancellation) is [> 0 and < double.PositiveInfinity and var perUnit, ..] ? 1 / perUnit : null;

    private static double? Plausible(double? nanometres) => nanometres < LargestPixel ? nanometres : null;
}
