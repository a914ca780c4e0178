using EmPipeline.Volumes;
using EmPipeline.Zarr.Json;

namespace EmPipeline.Zarr.Ome;

/// <summary>COSEM's (OpenOrganelle's) "transform" {axes, units, scale, translate}, of an array or of a level in "multiscales".</summary>
internal static class CosemTransform
{
    /// <summary>The voxel size; its lists are in whatever order its axes are. Null where there is no such transform.</summary>
    public static VoxelSize? VoxelSizeOf(JsonField? transform)
    {
        if (transform?.FindValue("scale")?.AsNumbers() is not { } scale || Axes(transform.Value, scale.Length) is not { } axes)
            return null;
        return new VoxelSize(Of('z'), Of('y'), Of('x'));

        double? Of(char letter) => Array.FindIndex(axes, axis => axis.Letter == letter) is >= 0 and var at ? LengthUnits.ToNanometres(scale[at], axes[at].Unit) : null;
    }

    /// <summary>The centre of the first voxel, nm; null where the transform does not say.</summary>
    public static (double Z, double Y, double X)? CentreOf(JsonField transform) =>
        transform.FindValue("translate")?.AsNumbers() is { } place && Axes(transform, place.Length) is { } axes ? OmePlace.Centre(axes, place) : null;

    private static (char Letter, string? Unit)[]? Axes(JsonField transform, int count)
    {
        var letters = transform.FindValue("axes")?.Items().Take(count + 1).Select(name => name.AsText() is { Length: 1 } letter ? char.ToLowerInvariant(letter[0]) : '?').ToArray();
        var units = transform.FindValue("units")?.Items().Take(count + 1).Select(unit => unit.AsText()).ToArray();
        return letters?.Length == count && (units is null || units.Length == count) ? [.. letters.Select((letter, i) => (letter, units?[i]))] : null;
    }
}
