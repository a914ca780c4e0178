using EmPipeline.Formats.Json;
using EmPipeline.Formats.Ome;
using EmPipeline.Volumes;

namespace EmPipeline.Formats.Zarr.V2;

/// <summary>Says what an array is: shape and type from .zarray, axes and voxel size from whichever attributes state them.</summary>
internal static class ZarrV2Info
{
    /// <param name="attributes">The array's own.</param>
    /// <param name="level">What the group above it says of it.</param>
    public static VolumeInfo Of(string format, string name, ZarrV2Metadata metadata, JsonField? attributes, OmeLevel? level)
    {
        var rank = metadata.Shape.Rank;
        var axes = (level is null ? null : OmeMultiscales.AxesOf(level, rank)) ?? NamedAxes(attributes, rank) ?? AxisLetters.Default(rank);
        var (size, origin) = level is null ? default : (OmeMultiscales.VoxelSizeOf(level, rank), (string?)level.Dataset.Path);
        if (size == VoxelSize.Unknown)
            (size, origin) = StatedSize(attributes, axes);
        return new VolumeInfo
        {
            Name = name,
            Format = format,
            Shape = WithParts(metadata, metadata.Shape),
            Axes = metadata.Type.IsComplex ? axes + "i" : axes,
            Type = metadata.Type.Type,
            Grain = WithParts(metadata, metadata.Chunks),
            VoxelSize = size,
            VoxelSizeOrigin = size == VoxelSize.Unknown ? null : origin,
            Level = level?.Level ?? 0,
            Metadata =
            [
                .. JsonLeaves.Of(metadata.Json with { Path = "" }, ZarrV2Metadata.FileName, "shape", "zarr_format"),
                .. attributes is { } own ? JsonLeaves.Of(own with { Path = "" }, ".zattrs") : [],
                .. level is { Level: 0 } ? JsonLeaves.Of(level.Image, "the group's .zattrs") : [],
            ],
        };
    }

    // A complex number is one element of Zarr's and two voxels here.
    private static NdIndex WithParts(ZarrV2Metadata metadata, NdIndex shape) =>
        metadata.Type.IsComplex ? new NdIndex([.. shape.ToArray(), 2]) : shape;

    /// <summary>Axes by xarray's convention, where each has a name of one known letter.</summary>
    private static string? NamedAxes(JsonField? attributes, int rank)
    {
        foreach (var key in (string[])["_ARRAY_DIMENSIONS", "axis_names"])
        {
            if (attributes?.FindValue(key) is not { } names)
                continue;
            var letters = string.Concat(names.Items().Select(name => name.AsText()?.ToLowerInvariant() is ("z" or "y" or "x" or "t" or "c") and var letter ? letter : "?"));
            if (letters.Length == rank && letters.Trim('?').Length > 0)
                return letters;
        }

        return null;
    }

    /// <summary>The size by the convention of daisy and funlib: numbers in C order of the spatial axes, in nanometres unless "units" says otherwise.</summary>
    private static (VoxelSize Size, string? Origin) StatedSize(JsonField? attributes, string axes)
    {
        foreach (var key in (string[])["voxel_size", "resolution"])
        {
            if (attributes?.FindValue(key) is not { } field || field.AsNumbers() is not { } numbers)
                continue;
            var spatial = string.Concat(axes.Where(axis => axis is 'z' or 'y' or 'x'));
            if (numbers.Length != spatial.Length)
                continue;
            var units = attributes.Value.FindValue("units") is { } stated ? stated.Items().Select(unit => unit.AsText()).ToArray() : null;
            if (units is not null && units.Length != numbers.Length)
                continue;
            double? Of(char axis) => spatial.IndexOf(axis, StringComparison.Ordinal) is >= 0 and var at
                ? LengthUnits.ToNanometres(numbers[at], units is null ? "nm" : units[at])
                : null;
            return (new VoxelSize(Of('z'), Of('y'), Of('x')), $".zattrs {key}");
        }

        return (VoxelSize.Unknown, null);
    }
}
