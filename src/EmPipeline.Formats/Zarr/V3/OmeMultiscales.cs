using EmPipeline.Formats.Json;
using EmPipeline.Volumes;

namespace EmPipeline.Formats.Zarr.V3;

/// <summary>What OME-Zarr (0.5, or 0.4 attributes in a v3 group) says of one array.</summary>
/// <param name="Axes">One letter an axis, as in <see cref="VolumeInfo.Axes"/>.</param>
/// <param name="Origin">"multiscales[0].datasets[1]".</param>
internal sealed record OmeLevel(string Path, int Level, string Axes, VoxelSize VoxelSize, string Origin)
{
    /// <summary>The arrays that a group's attributes list, finest first.</summary>
    /// <param name="attributes">The "attributes" of the group's metadata.</param>
    public static IReadOnlyList<OmeLevel> Parse(JsonField attributes)
    {
        var holder = attributes.FindValue("ome") is { } ome && ome.Find("multiscales") is not null ? ome : attributes;
        if (holder.FindValue("multiscales") is not { } multiscales)
            return [];
        var levels = new List<OmeLevel>();
        foreach (var scales in multiscales.Items())
        {
            if (scales.FindValue("datasets") is not { } datasets)
                continue;
            var axes = scales.FindValue("axes")?.Items().ToArray() ?? [];
            var letters = Letters(axes.Select(axis => (axis.AsText() ?? axis.Find("name")?.AsText(), axis.Find("type")?.AsText())));
            var level = 0;
            foreach (var dataset in datasets.Items())
            {
                if (dataset.Find("path")?.AsText() is not { } path)
                    continue;
                var size = Size(axes, letters, Scale(dataset, axes.Length), Scale(scales, axes.Length));
                // Relative to "attributes", which every such value is.
                var origin = dataset.Path.Replace("attributes.", "", StringComparison.Ordinal).Replace("ome.", "", StringComparison.Ordinal);
                levels.Add(new OmeLevel(path.Trim('/'), level++, letters, size, origin));
            }
        }

        return levels;
    }

    /// <summary>One letter for each (name, type): z, y, x, t, c, or '?'; no letter twice.</summary>
    public static string Letters(IEnumerable<(string? Name, string? Type)> axes)
    {
        var letters = "";
        foreach (var (name, type) in axes)
        {
            var letter = name?.ToLowerInvariant() switch
            {
                "z" or "y" or "x" or "t" or "c" => char.ToLowerInvariant(name[0]),
                "time" => 't',
                "channel" or "channels" => 'c',
                _ => type switch { "time" => 't', "channel" => 'c', _ => '?' },
            };
            letters += letters.Contains(letter, StringComparison.Ordinal) ? '?' : letter;
        }

        return letters;
    }

    private static double[]? Scale(JsonField holder, int rank)
    {
        if (holder.FindValue("coordinateTransformations") is not { } transformations)
            return null;
        foreach (var transformation in transformations.Items())
        {
            if (transformation.Find("type")?.AsText() == "scale" && transformation.Find("scale")?.AsNumbers() is { } scale && scale.Length == rank)
                return scale;
        }

        return null;
    }

    private static VoxelSize Size(JsonField[] axes, string letters, double[]? own, double[]? shared)
    {
        if (own is null)
            return VoxelSize.Unknown;
        return new VoxelSize(Of('z'), Of('y'), Of('x'));

        double? Of(char letter)
        {
            var axis = letters.IndexOf(letter, StringComparison.Ordinal);
            return axis < 0 ? null : LengthUnits.ToNanometres(own[axis] * (shared?[axis] ?? 1), axes[axis].Find("unit")?.AsText());
        }
    }
}
