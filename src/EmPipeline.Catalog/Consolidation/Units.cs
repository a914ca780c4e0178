namespace EmPipeline.Catalog.Consolidation;

/// <summary>Conversion between the units that microscopes and registries write.</summary>
public static class Units
{
    private enum Quantity
    {
        Length,
        Voltage,
        Time,
    }

    // The micro sign and the Greek letter look alike, and so do the two ways to write ångström; files hold both.
    private static readonly Dictionary<string, (Quantity Quantity, double Factor)> Known = new(StringComparer.Ordinal)
    {
        ["m"] = (Quantity.Length, 1e9), ["meter"] = (Quantity.Length, 1e9), ["metre"] = (Quantity.Length, 1e9),
        ["cm"] = (Quantity.Length, 1e7), ["centimeter"] = (Quantity.Length, 1e7),
        ["mm"] = (Quantity.Length, 1e6), ["millimeter"] = (Quantity.Length, 1e6), ["millimetre"] = (Quantity.Length, 1e6),
        ["\u00b5m"] = (Quantity.Length, 1e3), ["\u03bcm"] = (Quantity.Length, 1e3), ["um"] = (Quantity.Length, 1e3),
        ["micron"] = (Quantity.Length, 1e3), ["microns"] = (Quantity.Length, 1e3),
        ["micrometer"] = (Quantity.Length, 1e3), ["micrometre"] = (Quantity.Length, 1e3),
        ["nm"] = (Quantity.Length, 1), ["nanometer"] = (Quantity.Length, 1), ["nanometre"] = (Quantity.Length, 1),
        ["\u00c5"] = (Quantity.Length, 0.1), ["\u212b"] = (Quantity.Length, 0.1), ["A"] = (Quantity.Length, 0.1),
        ["angstrom"] = (Quantity.Length, 0.1), ["\u00e5ngstr\u00f6m"] = (Quantity.Length, 0.1),
        ["pm"] = (Quantity.Length, 1e-3), ["picometer"] = (Quantity.Length, 1e-3), ["picometre"] = (Quantity.Length, 1e-3),
        ["V"] = (Quantity.Voltage, 1), ["volt"] = (Quantity.Voltage, 1), ["kV"] = (Quantity.Voltage, 1e3), ["keV"] = (Quantity.Voltage, 1e3), ["eV"] = (Quantity.Voltage, 1),
        ["s"] = (Quantity.Time, 1e6), ["ms"] = (Quantity.Time, 1e3),
        ["us"] = (Quantity.Time, 1), ["\u00b5s"] = (Quantity.Time, 1), ["\u03bcs"] = (Quantity.Time, 1), ["ns"] = (Quantity.Time, 1e-3),
    };

    /// <summary>
    /// The number by which a value in <paramref name="from"/> becomes one in <paramref name="to"/>; null when either is unknown or
    /// they measure different things. Names in words may be in any case ("MICROMETER"); symbols may not.
    /// </summary>
    public static double? Factor(string from, string to) =>
        Find(from) is { } source && Find(to) is { } target && source.Quantity == target.Quantity ? source.Factor / target.Factor : null;

    private static (Quantity Quantity, double Factor)? Find(string unit)
    {
        unit = unit.Trim();
        if (Known.TryGetValue(unit, out var found))
            return found;
        return unit.Length > 3 && Known.TryGetValue(unit.ToLowerInvariant(), out found) ? found : null;
    }
}
