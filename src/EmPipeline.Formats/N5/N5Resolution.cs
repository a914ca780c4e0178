using EmPipeline.Volumes;
using EmPipeline.Zarr;
using EmPipeline.Zarr.Json;

namespace EmPipeline.Formats.N5;

/// <summary>One dialect's statement of a resolution, in nanometres, fastest axis first as the file has it; null where it is no length.</summary>
/// <param name="Key">The attribute that states it.</param>
/// <param name="Axes">One letter an axis, same order.</param>
internal sealed record N5Resolution(string Key, double?[] Nanometres, string Axes)
{
    /// <summary>"pixelResolution" {dimensions, unit} or "resolution" (with "units" where they are stated); null where there is neither.</summary>
    public static N5Resolution? Of(JsonField attributes, int rank)
    {
        var axes = Reversed(AxesOf(attributes, rank) ?? AxisLetters.Default(rank));
        if (attributes.FindValue("pixelResolution") is { } pixel)
        {
            var dimensions = pixel.FindValue("dimensions") ?? pixel;
            return Of(dimensions, "pixelResolution", axes, pixel.Find("unit")?.AsText() is { } unit ? [.. axes.Select(_ => unit)] : Units(attributes));
        }

        // BigDataViewer states its resolution in units that only its XML file names.
        return attributes.FindValue("resolution") is { } resolution && attributes.Find("saved_completely") is null
            ? Of(resolution, "resolution", axes, Units(attributes))
            : null;
    }

    /// <summary>The axes that "axes" names, slowest first; null where it names none, or not this many.</summary>
    public static string? AxesOf(JsonField attributes, int rank)
    {
        if (attributes.FindValue("axes") is not { } axes)
            return null;
        var letters = string.Concat(axes.Items().Select(axis => axis.AsText()?.ToLowerInvariant() is ("z" or "y" or "x" or "t" or "c") and var letter ? letter : "?"));
        return letters.Length == rank ? Reversed(letters) : null;
    }

    /// <summary>
    /// "downsamplingFactors" or "scales": one list for a dataset's own, a list a level for a group's. Null where there are none that fit.
    /// </summary>
    /// <param name="level">The level to choose from a group's lists; null for a dataset's own.</param>
    public static double[]? FactorsOf(JsonField attributes, int? level, int rank)
    {
        foreach (var key in (string[])["downsamplingFactors", "scales"])
        {
            if (attributes.FindValue(key) is not { } found)
                continue;
            var factors = level is null ? found.AsNumbers() : found.Items().ElementAtOrDefault(level.Value) is { File.Store: not null } one ? one.AsNumbers() : null;
            if (factors?.Length == rank)
                return factors;
        }

        return null;
    }

    /// <summary>The voxel size, times the factors where there are any.</summary>
    public VoxelSize Scaled(double[]? factors)
    {
        double? Of(char axis) => Axes.IndexOf(axis, StringComparison.Ordinal) is >= 0 and var at ? Nanometres[at] * (factors?[at] ?? 1) : null;
        return new VoxelSize(Of('z'), Of('y'), Of('x'));
    }

    private static N5Resolution? Of(JsonField lengths, string key, string axes, string?[]? units)
    {
        if (lengths.AsNumbers() is not { } numbers || numbers.Length != axes.Length || (units is not null && units.Length != numbers.Length))
            return null;
        // Paintera's resolutions are nanometres and do not say so; but 1, 1, 1 without a unit says only that nothing was known.
        if (units is null && numbers.All(number => number == 1))
            return null;
        return new N5Resolution(key, [.. numbers.Select((length, i) => LengthUnits.ToNanometres(length, units is null ? "nm" : units[i]))], axes);
    }

    private static string?[]? Units(JsonField owner) => owner.FindValue("units") is { } units ? [.. units.Items().Select(unit => unit.AsText())] : null;

    private static string Reversed(string letters) => string.Concat(letters.Reverse());
}
