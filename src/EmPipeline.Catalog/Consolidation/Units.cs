using EmPipeline.Volumes;

namespace EmPipeline.Catalog.Consolidation;

/// <summary>Conversion between the units that microscopes and registries write: those of length, of voltage, of current and of time.</summary>
public static class Units
{
    private static readonly Dictionary<string, double> Volts = new(StringComparer.Ordinal)
    {
        ["V"] = 1, ["volt"] = 1, ["volts"] = 1, ["kV"] = 1e3, ["kilovolt"] = 1e3, ["kilovolts"] = 1e3,
        // The energy of an electron, where its voltage is meant.
        ["eV"] = 1, ["keV"] = 1e3,
    };

    private static readonly Dictionary<string, double> Microseconds = new(StringComparer.Ordinal)
    {
        ["s"] = 1e6, ["ms"] = 1e3, ["us"] = 1, ["\u00b5s"] = 1, ["\u03bcs"] = 1, ["ns"] = 1e-3,
    };

    private static readonly Dictionary<string, double> Amperes = new(StringComparer.Ordinal)
    {
        ["A"] = 1e9, ["mA"] = 1e6, ["uA"] = 1e3, ["\u00b5A"] = 1e3, ["\u03bcA"] = 1e3, ["nA"] = 1, ["pA"] = 1e-3,
    };

    /// <summary>
    /// The number by which a value in <paramref name="from"/> becomes one in <paramref name="to"/>; null when either is unknown or
    /// they measure different things. Names in words may be in any case ("MICROMETER"); symbols may not.
    /// </summary>
    public static double? Factor(string from, string to) =>
        (LengthUnits.ToNanometres(from) / LengthUnits.ToNanometres(to))
        ?? (Find(Volts, from) / Find(Volts, to))
        ?? (Find(Amperes, from) / Find(Amperes, to))
        ?? (Find(Microseconds, from) / Find(Microseconds, to));

    private static double? Find(Dictionary<string, double> known, string unit)
    {
        unit = unit.Trim();
        if (known.TryGetValue(unit, out var found))
            return found;
        return unit.Length > 3 && known.TryGetValue(unit.ToLowerInvariant(), out found) ? found : null;
    }
}
