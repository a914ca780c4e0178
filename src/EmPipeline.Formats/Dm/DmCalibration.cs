using EmPipeline.Volumes;

namespace EmPipeline.Formats.Dm;

/// <summary>What ImageData.Calibrations.Dimension says of one dimension; 0 is x.</summary>
/// <param name="Scale">Units a pixel; NaN where nothing is said.</param>
internal readonly record struct DmCalibration(double Scale, string Units)
{
    private const string Origin = "ImageData.Calibrations.Dimension";

    public static DmCalibration Of(DmGroup imageData, int dimension) =>
        imageData.At<DmGroup>("Calibrations", "Dimension")?.Groups.ElementAtOrDefault(dimension) is { } tags
            ? Of(tags)
            : new DmCalibration(double.NaN, "");

    public static bool IsSpectral(string units) => units is "eV" or "keV" or "V" or "1/nm" or "1/cm" or "1/m" or "mrad" or "rad" or "deg" or "Hz";

    /// <summary>
    /// The voxel size of an image. x and y come from its calibration; so does z of a volume. A slice of a block-face microscope
    /// (SBF-SEM) states the distance to the next one in its acquisition tags.
    /// </summary>
    /// <returns>The size, and which tags state it; null when none does.</returns>
    public static (VoxelSize Size, string? Origin) SizeOf(DmGroup image, string axes)
    {
        var data = image.Group("ImageData")!;
        var (x, y) = (Nanometres(data, axes, 'x'), Nanometres(data, axes, 'y'));
        var (z, zOrigin) = Nanometres(data, axes, 'z') is { } calibrated ? (calibrated, (string?)Origin) : axes.Contains('y', StringComparison.Ordinal) ? SliceThickness(image) : (null, null);
        var size = new VoxelSize(z, y, x);
        var origins = new[] { x is null && y is null ? null : Origin, z is null ? null : zOrigin }.OfType<string>().Distinct().ToArray();
        return (size, origins.Length == 0 ? null : string.Join("; ", origins));
    }

    private static DmCalibration Of(DmGroup tags) =>
        new((tags["Scale"] as DmNumber)?.AsDouble ?? double.NaN, DmMetadata.Text(tags["Units"]) ?? "");

    private static double? Nanometres(DmGroup imageData, string axes, char axis)
    {
        var spatial = axes.AsSpan().TrimEnd("ci");
        var at = spatial.IndexOf(axis);
        if (at < 0)
            return null;
        var calibration = Of(imageData, spatial.Length - 1 - at);
        return LengthUnits.ToNanometres(calibration.Scale, calibration.Units);
    }

    /// <summary>
    /// Record is how the volume was cut; the thickness under Approach, which is not read here, is how the knife came near.
    /// The number has no unit of its own, it is in nanometres; Meta Data states the same with one.
    /// </summary>
    private static (double? Nanometres, string? Origin) SliceThickness(DmGroup image)
    {
        if (image.At<DmGroup>("ImageTags", "Meta Data", "Dimension info")?.Groups.ElementAtOrDefault(2) is { } info)
        {
            var stated = Of(info);
            if (LengthUnits.ToNanometres(stated.Scale, stated.Units) is { } thickness)
                return (thickness, "ImageTags.Meta Data.Dimension info.2");
        }

        var record = image.At<DmNumber>("ImageTags", "SBFSEM", "Record", "Slice thickness");
        return LengthUnits.ToNanometres(record?.AsDouble ?? double.NaN, "nm") is { } nanometres
            ? (nanometres, "ImageTags.SBFSEM.Record.Slice thickness")
            : (null, null);
    }
}
