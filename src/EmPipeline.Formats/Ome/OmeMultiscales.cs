using EmPipeline.Formats.Json;
using EmPipeline.Volumes;

namespace EmPipeline.Formats.Ome;

/// <summary>
/// The multiscale images that a group's attributes describe, OME-NGFF 0.1 to 0.4: which arrays are which level, what their axes are called
/// and how large their voxels are.
/// </summary>
internal static class OmeMultiscales
{
    // Before 0.3 the axes were not written down, they were these five.
    private const string OldAxes = "tczyx";

    /// <summary>Every level of every image, in the order of the file (finest first). Empty when the attributes describe none.</summary>
    /// <param name="attributes">The group's .zattrs.</param>
    public static IEnumerable<OmeLevel> Levels(JsonField attributes)
    {
        if (attributes.FindValue("multiscales") is not { } images)
            yield break;
        foreach (var image in images.Items())
        {
            var level = 0;
            foreach (var dataset in image.FindValue("datasets") is { } datasets ? datasets.Items() : [])
            {
                if (dataset.Find("path")?.AsText() is { } path)
                    yield return new OmeLevel(GroupPath.Normalise(path, dataset), level++, image, dataset);
            }
        }
    }

    /// <summary>One letter an axis; null when the description does not fit an array of this rank.</summary>
    public static string? AxesOf(OmeLevel level, int rank)
    {
        if (level.Image.FindValue("axes") is not { } axes)
            return rank == OldAxes.Length ? OldAxes : null;
        var letters = string.Concat(axes.Items().Select(Letter));
        return letters.Length == rank ? letters : null;
    }

    /// <summary>The product of the image's and the level's scales, in nanometres for the axes whose unit is a length.</summary>
    public static VoxelSize VoxelSizeOf(OmeLevel level, int rank)
    {
        var size = VoxelSize.Unknown;
        if (level.Image.FindValue("axes") is not { } axes || Scale(level.Dataset, rank) is not { } scale)
            return size;
        var outer = Scale(level.Image, rank);
        var axis = 0;
        foreach (var item in axes.Items())
        {
            if (axis == rank)
                return VoxelSize.Unknown;
            var nanometres = LengthUnits.ToNanometres(scale[axis] * (outer?[axis] ?? 1), item.Find("unit")?.AsText());
            size = Letter(item) switch
            {
                'z' => size with { Z = nanometres },
                'y' => size with { Y = nanometres },
                'x' => size with { X = nanometres },
                _ => size,
            };
            axis++;
        }

        return size;
    }

    private static double[]? Scale(JsonField owner, int rank)
    {
        double[]? product = null;
        foreach (var transformation in owner.FindValue("coordinateTransformations") is { } all ? all.Items() : [])
        {
            if (transformation.Find("type")?.AsText() != "scale")
                continue;
            // A scale of another length, or kept in a file of its own, leaves the size unknown rather than wrong.
            if (transformation.Find("scale")?.AsNumbers() is not { } factors || factors.Length != rank)
                return null;
            product = product is null ? factors : [.. product.Zip(factors, (a, b) => a * b)];
        }

        return product;
    }

    // 0.3 has bare names, 0.4 objects whose type tells axes with other names.
    private static char Letter(JsonField axis)
    {
        var name = (axis.AsText() ?? axis.Find("name")?.AsText() ?? "").ToLowerInvariant();
        return (name, axis.Find("type")?.AsText()) switch
        {
            ("z" or "y" or "x" or "t" or "c", _) => name[0],
            (_, "time") => 't',
            (_, "channel") => 'c',
            _ => '?',
        };
    }
}
