namespace EmPipeline.Volumes;

/// <summary>The length units that microscope software and registries write, in all their spellings.</summary>
public static class LengthUnits
{
    /// <summary>
    /// How many nanometres one <paramref name="unit"/> is; null for what is no unit of length ("eV", "1/nm", "pixel", ""). Symbols are taken
    /// as they stand, since mm and Mm differ; words in any case ("MICROMETER") and number.
    /// </summary>
    public static double? ToNanometres(string? unit) => unit?.Trim() is { } text ? OfSymbol(text) ?? OfWord(text.ToLowerInvariant()) : null;

    /// <summary>A length in nanometres; null unless it is positive, finite and in a known unit.</summary>
    public static double? ToNanometres(double length, string? unit) =>
        double.IsFinite(length) && length > 0 && ToNanometres(unit) is { } factor ? Scale(length, factor) : null;

    private static double? OfSymbol(string symbol) => symbol switch
    {
        "pm" => 1e-3,
        // A with ring: one code point, the ångström sign, or A and a combining ring.
        "A" or "\u00C5" or "\u212B" or "A\u030A" => 0.1,
        "nm" => 1,
        // The micro sign, the Greek letter, and what is left of either in ASCII.
        "\u00B5m" or "\u03BCm" or "um" or "\\u00B5m" => 1e3,
        "mm" => 1e6,
        "cm" => 1e7,
        "in" => 25.4e6,
        "m" => 1e9,
        _ => null,
    };

    private static double? OfWord(string word) => (word.Length > 3 && word.EndsWith('s') ? word[..^1] : word) switch
    {
        "picometer" or "picometre" => 1e-3,
        "ang" or "angstrom" or "\u00E5ngstr\u00F6m" => 0.1,
        "nanometer" or "nanometre" => 1,
        "micron" or "micrometer" or "micrometre" => 1e3,
        "millimeter" or "millimetre" => 1e6,
        "centimeter" or "centimetre" => 1e7,
        "inch" or "inche" => 25.4e6,
        "meter" or "metre" => 1e9,
        _ => null,
    };

    // Dividing by ten is exact where multiplying by 0.1 is not: 114 Å is 11.4 nm.
    private static double Scale(double length, double factor) => factor < 1 ? length / Math.Round(1 / factor) : length * factor;
}
