using EmPipeline.Volumes;
using EmPipeline.Zarr.Json;
using EmPipeline.Zarr.Ome;

namespace EmPipeline.Zarr;

/// <summary>What an array's own attributes say of its axes and voxels, by the conventions of xarray, of daisy and funlib, and of COSEM.</summary>
internal static class StatedAttributes
{
    /// <summary>One letter an axis; null where no attribute names this many.</summary>
    public static string? Axes(JsonField? attributes, int rank)
    {
        foreach (var key in (string[])["_ARRAY_DIMENSIONS", "axis_names"])
        {
            if (attributes?.FindValue(key) is not { } names)
                continue;
            var letters = OmeMultiscales.Letters(names.Items().Take(rank + 1).Select(name => (name.AsText()?.TrimEnd('^'), (string?)null)));
            if (letters.Length == rank && letters.Trim('?').Length > 0)
                return letters;
        }

        return null;
    }

    /// <summary>The size, and the attribute that states it: numbers in C order of the spatial axes, in nanometres unless "units" says otherwise.</summary>
    /// <param name="place">What the attribute's name is put behind.</param>
    public static (VoxelSize Size, string? Origin) Size(JsonField? attributes, string axes, string place)
    {
        if (CosemTransform.VoxelSizeOf(attributes?.FindValue("transform")) is { } transformed && transformed != VoxelSize.Unknown)
            return (transformed, place + "transform");
        var spatial = string.Concat(axes.Where(axis => axis is 'z' or 'y' or 'x'));
        foreach (var key in (string[])["voxel_size", "resolution"])
        {
            if (attributes?.FindValue(key) is not { } field || field.AsNumbers() is not { } numbers || numbers.Length != spatial.Length)
                continue;
            var units = attributes.Value.FindValue("units") is not { } stated ? null
                : stated.AsText() is { } one ? [.. numbers.Select(_ => one)]
                : stated.Items().Take(numbers.Length + 1).Select(unit => unit.AsText()).ToArray();
            if (units is not null && units.Length != numbers.Length)
                continue;
            double? Of(char axis) => spatial.IndexOf(axis, StringComparison.Ordinal) is >= 0 and var at
                ? LengthUnits.ToNanometres(numbers[at], units is null ? "nm" : units[at])
                : null;
            return (new VoxelSize(Of('z'), Of('y'), Of('x')), place + key);
        }

        return (VoxelSize.Unknown, null);
    }
}
