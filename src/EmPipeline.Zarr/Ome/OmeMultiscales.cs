using EmPipeline.Volumes;
using EmPipeline.Zarr.Json;

namespace EmPipeline.Zarr.Ome;

/// <summary>
/// The multiscale images that a group's attributes describe, OME-NGFF 0.1 to 0.5 and the drafts of 0.6 and 1.0: which arrays are which
/// level, what their axes are called and how large their voxels are.
/// </summary>
internal static class OmeMultiscales
{
    // Before 0.3 the axes were not written down, they were these five.
    private const string OldAxes = "tczyx";

    /// <summary>Every level of every image, in the order of the file (finest first). Empty when the attributes describe none.</summary>
    /// <param name="attributes">The group's .zattrs, or the "attributes" of its zarr.json.</param>
    public static IEnumerable<OmeLevel> Levels(JsonField attributes)
    {
        var holder = attributes.FindValue("ome") ?? attributes;
        // 1.0 has one image a group, and calls its datasets levels.
        var images = holder.FindValue("multiscales")?.Items() ?? (holder.FindValue("multiscale") is { } single ? [single] : []);
        foreach (var image in images)
        {
            var level = 0;
            foreach (var dataset in (image.FindValue("datasets") ?? image.FindValue("levels"))?.Items() ?? [])
            {
                if (dataset.Find("path")?.AsText() is { } path)
                    yield return new OmeLevel(GroupPath.Normalise(path, dataset), level++, image, dataset);
            }
        }
    }

    /// <summary>One letter an axis; null when the description does not fit an array of this rank.</summary>
    public static string? AxesOf(OmeLevel level, int rank)
    {
        if (Axes(level) is not { } axes)
            return rank == OldAxes.Length ? OldAxes : null;
        var letters = Letters(axes);
        return letters.Length == rank ? letters : null;
    }

    /// <summary>The product of the image's and the level's scales (or COSEM's older transform), in nanometres for the axes whose unit is a length.</summary>
    public static VoxelSize VoxelSizeOf(OmeLevel level, int rank)
    {
        if (CosemTransform.VoxelSizeOf(level.Dataset.FindValue("transform")) is { } transformed)
            return transformed;
        var size = VoxelSize.Unknown;
        if (Axes(level) is not { } axes || axes.Length > rank || Scale(level.Dataset, axes.Length, level.Image) is not { } scale)
            return size;
        // With coordinate systems the image's transformations lead from one of them to another, not from voxels.
        var outer = HasSystems(level.Image) ? null : Scale(level.Image, axes.Length, level.Image);
        var letters = Letters(axes);
        for (var axis = 0; axis < axes.Length; axis++)
        {
            var nanometres = LengthUnits.ToNanometres(scale[axis] * (outer?[axis] ?? 1), axes[axis].Find("unit")?.AsText());
            size = letters[axis] switch
            {
                'z' => size with { Z = nanometres },
                'y' => size with { Y = nanometres },
                'x' => size with { X = nanometres },
                _ => size,
            };
        }

        return size;
    }

    /// <summary>The image's axes, or those of the coordinate system that the dataset is placed in: a letter and a unit each. Null where none are named.</summary>
    public static (char Letter, string? Unit)[]? NamedAxes(OmeLevel level) =>
        Axes(level) is { } axes ? [.. Letters(axes).Zip(axes, (letter, axis) => (letter, axis.Find("unit")?.AsText()))] : null;

    /// <summary>One letter for each name and, where the name tells nothing, type: z, y, x, t, c or '?'; no letter but that twice.</summary>
    public static string Letters(IEnumerable<(string? Name, string? Type)> axes)
    {
        var letters = "";
        foreach (var (name, type) in axes)
        {
            var letter = (name?.ToLowerInvariant(), type) switch
            {
                ({ } known and ("z" or "y" or "x" or "t" or "c"), _) => known[0],
                ("time", _) or (_, "time") => 't',
                ("channel" or "channels", _) or (_, "channel") => 'c',
                _ => '?',
            };
            letters += letters.Contains(letter, StringComparison.Ordinal) ? '?' : letter;
        }

        return letters;
    }

    // 0.3 has bare names, 0.4 objects whose type tells axes with other names.
    private static string Letters(JsonField[] axes) => Letters(axes.Select(axis => (axis.AsText() ?? axis.Find("name")?.AsText(), axis.Find("type")?.AsText())));

    /// <summary>Whether an image has coordinate systems, between which its transformations lead.</summary>
    internal static bool HasSystems(JsonField image) => image.FindValue("coordinateSystems") is not null;

    /// <summary>The image's axes, or those of the coordinate system that the dataset is placed in.</summary>
    private static JsonField[]? Axes(OmeLevel level)
    {
        const int MaxAxes = 64;
        var holder = level.Image;
        if (level.Image.FindValue("coordinateSystems") is { } systems)
        {
            var all = systems.Items().ToArray();
            var output = level.Dataset.FindValue("coordinateTransformations")?.Items().LastOrDefault() is { File.Store: not null } last ? last.Find("output")?.AsText() : null;
            holder = Array.Find(all, system => system.Find("name")?.AsText() == output) is { File.Store: not null } named ? named : all.Length > 0 ? all[0] : holder;
        }

        return holder.FindValue("axes")?.Items().Take(MaxAxes).ToArray();
    }

    /// <summary>The product of all scales among an owner's transformations; null where there are none, or some that turn or bend.</summary>
    private static double[]? Scale(JsonField owner, int rank, JsonField image)
    {
        double[]? product = null;
        foreach (var transformation in owner.FindValue("coordinateTransformations")?.Items() ?? [])
        {
            var type = transformation.Find("type")?.AsText();
            if (type is "translation" or "identity" && !HasSystems(image))
                continue;
            if (OmeTransformation.ScaleOf(transformation, rank) is not { } factors)
                return null;
            product = product is null ? factors : [.. product.Zip(factors, (a, b) => a * b)];
        }

        return product;
    }
}
