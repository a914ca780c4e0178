using EmPipeline.Volumes;
using EmPipeline.Zarr.Json;

namespace EmPipeline.Zarr.Ome;

/// <summary>Where the first voxel of a level lies: OME-NGFF's translations, and COSEM's, are those of voxel centres.</summary>
internal static class OmePlace
{
    /// <summary>
    /// The centre of the first voxel, nm; zero for a level that states its scale and no translation. Null where no scale is stated, where
    /// something turns or bends, or where an axis has no unit of length: a place that is not sure is unknown.
    /// </summary>
    public static (double Z, double Y, double X)? Of(OmeLevel level, int rank)
    {
        if (level.Dataset.FindValue("transform") is { } cosem && CosemTransform.VoxelSizeOf(cosem) is not null)
            return CosemTransform.CentreOf(cosem);
        if (OmeMultiscales.HasSystems(level.Image) || !OmeMultiscales.VoxelSizeOf(level, rank).IsKnown || OmeMultiscales.NamedAxes(level) is not { } axes)
            return null;
        var place = new double[axes.Length];
        return Move(level.Dataset, place) && Move(level.Image, place) ? Centre(axes, place) : null;
    }

    /// <summary>The point at z, y, x; null where an axis is missing or its unit is none of length.</summary>
    public static (double Z, double Y, double X)? Centre((char Letter, string? Unit)[] axes, double[] place)
    {
        return Along('z') is { } z && Along('y') is { } y && Along('x') is { } x ? (z, y, x) : null;

        // Lengths are positive, places need not be.
        double? Along(char letter) => Array.FindIndex(axes, axis => axis.Letter == letter) is >= 0 and var at
            ? place[at] == 0 ? (LengthUnits.ToNanometres(axes[at].Unit) is null ? null : 0) : Math.Sign(place[at]) * LengthUnits.ToNanometres(Math.Abs(place[at]), axes[at].Unit)
            : null;
    }

    private static bool Move(JsonField owner, double[] place)
    {
        foreach (var transformation in owner.FindValue("coordinateTransformations")?.Items() ?? [])
        {
            var (type, numbers) = (transformation.Find("type")?.AsText(), transformation.Find("translation")?.AsNumbers() ?? transformation.Find("scale")?.AsNumbers());
            if (type == "identity")
                continue;
            if (type is not ("scale" or "translation") || numbers?.Length != place.Length)
                return false;
            for (var axis = 0; axis < place.Length; axis++)
                place[axis] = type == "scale" ? place[axis] * numbers[axis] : place[axis] + numbers[axis];
        }

        return true;
    }
}
