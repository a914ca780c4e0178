namespace EmPipeline.Zarr;

/// <summary>The length units that microscope software writes, in all their spellings.</summary>
public static class LengthUnits
{
    /// <summary>How many nanometres one <paramref name="unit"/> is; null for what is no unit of length ("eV", "1/nm", "pixel", "").</summary>
    public static double? ToNanometres(string? unit) => unit?.Trim() switch
    {
        "pm" or "picometer" or "picometre" or "picometers" or "picometres" => 1e-3,
        // A with ring: one code point, the ångström sign, or A and a combining ring.
        "A" or "Å" or "\u212B" or "A\u030A" or "Ang" or "ang" or "Angstrom" or "angstrom" or "Ångström" or "ångström" or "angstroms" or "Angstroms" => 0.1,
        "nm" or "nanometer" or "nanometre" or "nanometers" or "nanometres" => 1,
        // The micro sign, the Greek letter, and what is left of either in ASCII.
        "\u00B5m" or "\u03BCm" or "um" or "\\u00B5m" or "micron" or "microns" or "micrometer" or "micrometre" or "micrometers" or "micrometres" => 1e3,
        "mm" or "millimeter" or "millimetre" or "millimeters" or "millimetres" => 1e6,
        "cm" or "centimeter" or "centimetre" => 1e7,
        "in" or "inch" or "inches" => 25.4e6,
        "m" or "meter" or "metre" or "meters" or "metres" => 1e9,
        _ => null,
    };

    /// <summary>A length in nanometres; null unless it is positive, finite and in a known unit.</summary>
    public static double? ToNanometres(double length, string? unit) =>
        double.IsFinite(length) && length > 0 && ToNanometres(unit) is { } factor ? Scale(length, factor) : null;

    // Dividing by ten is exact where multiplying by 0.1 is not: 114 Å is 11.4 nm.
    private static double Scale(double length, double factor) => factor < 1 ? length / Math.Round(1 / factor) : length * factor;
}
