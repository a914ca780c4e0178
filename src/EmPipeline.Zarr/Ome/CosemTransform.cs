using EmPipeline.Volumes;
using EmPipeline.Zarr.Json;

namespace EmPipeline.Zarr.Ome;

/// <summary>COSEM's (OpenOrganelle's) "transform" {axes, units, scale, translate}, of an array or of a level in "multiscales".</summary>
internal static class CosemTransform
{
    /// <summary>The voxel size; its lists are in whatever order its axes are. Null where there is no such transform.</summary>
    public static VoxelSize? VoxelSizeOf(JsonField? transform)
    {
        if (transform?.FindValue("scale")?.AsNumbers() is not { } scale || transform.Value.FindValue("axes") is not { } names)
            return null;
        var axes = string.Concat(names.Items().Take(scale.Length + 1).Select(name => name.AsText() is { Length: 1 } letter ? letter.ToLowerInvariant() : "?"));
        var units = transform.Value.FindValue("units")?.Items().Take(scale.Length + 1).Select(unit => unit.AsText()).ToArray();
        if (axes.Length != scale.Length || (units is not null && units.Length != scale.Length))
            return null;
        return new VoxelSize(Of('z'), Of('y'), Of('x'));

        double? Of(char axis) => axes.IndexOf(axis, StringComparison.Ordinal) is >= 0 and var at ? LengthUnits.ToNanometres(scale[at], units?[at]) : null;
    }
}
