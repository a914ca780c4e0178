namespace EmPipeline.Formats.Tiff.Metadata;

/// <summary>Names of length units as microscope and imaging software writes them.</summary>
internal static class LengthUnit
{
    /// <summary>Nanometres of one unit; null for what is no length ("pixel", "1/nm", "").</summary>
    public static double? Nanometres(string? unit) => unit?.Trim().ToLowerInvariant() switch
    {
        "pm" or "picometer" or "picometre" => 1e-3,
        // Both Å letters of Unicode, and the plain A.
        "a" or "å" or "\u212b" or "angstrom" or "ångström" or "angstroms" => 0.1,
        "nm" or "nanometer" or "nanometre" or "nanometers" or "nanometres" => 1,
        // The micro sign, the Greek letter, and ImageJ's escape of the first, written as six characters.
        "\u00b5m" or "\u03bcm" or @"\u00b5m" or "um" or "micron" or "microns" or "micrometer" or "micrometre" or "micrometers" or "micrometres" => 1e3,
        "mm" or "millimeter" or "millimetre" or "millimeters" or "millimetres" => 1e6,
        "cm" or "centimeter" or "centimetre" => 1e7,
        "m" or "meter" or "metre" => 1e9,
        "inch" or "in" or "\"" => 25.4e6,
        _ => null,
    };

    /// <summary>A length as a positive number of nanometres; null when it or its unit is not one.</summary>
    public static double? ToNanometres(double? value, string? unit) =>
        value is { } length && double.IsFinite(length) && length != 0 && Nanometres(unit) is { } scale ? Math.Abs(length) * scale : null;
}
