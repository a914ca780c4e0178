using EmPipeline.Volumes;

namespace EmPipeline.Formats.Tiff.Metadata;

/// <summary>The calibration that Gatan DigitalMicrograph puts into TIFF: private tags 65003 to 65005 (units) and 65009 to 65011 (scales).</summary>
internal static class GatanMetadata
{
    public static async ValueTask<StatedSize> ReadAsync(TiffDirectory directory, List<MetadataValue> metadata, CancellationToken cancellation)
    {
        var x = await LengthAsync(directory, TiffTag.GatanScaleX, TiffTag.GatanUnitX, metadata, cancellation);
        var y = await LengthAsync(directory, TiffTag.GatanScaleY, TiffTag.GatanUnitY, metadata, cancellation);
        var z = await LengthAsync(directory, TiffTag.GatanScaleZ, TiffTag.GatanUnitZ, metadata, cancellation);
        return StatedSize.Of(z, y, x, "tags 65009 to 65011 (Gatan scale), 65003 to 65005 (Gatan units)");
    }

    private static async ValueTask<double?> LengthAsync(
        TiffDirectory directory, TiffTag scaleTag, TiffTag unitTag, List<MetadataValue> metadata, CancellationToken cancellation)
    {
        if (await directory.DoublesAsync(scaleTag, cancellation) is not [var scale, ..])
            return null;
        var unit = await directory.TextAsync(unitTag, cancellation);
        metadata.Add(new MetadataValue($"{scaleTag}", FormattableString.Invariant($"{scale} {unit}"), $"tag {(int)scaleTag}"));
        return LengthUnits.ToNanometres(Math.Abs(scale), unit);
    }
}
