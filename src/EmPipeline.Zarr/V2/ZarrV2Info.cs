using EmPipeline.Volumes;
using EmPipeline.Zarr.Json;
using EmPipeline.Zarr.Ome;

namespace EmPipeline.Zarr.V2;

/// <summary>Says what an array is: shape and type from .zarray, axes and voxel size from whichever attributes state them.</summary>
internal static class ZarrV2Info
{
    /// <param name="attributes">The array's own.</param>
    /// <param name="level">What the group above it says of it.</param>
    public static VolumeInfo Of(string format, string name, ZarrV2Metadata metadata, JsonField? attributes, OmeLevel? level)
    {
        var rank = metadata.Shape.Rank;
        var axes = (level is null ? null : OmeMultiscales.AxesOf(level, rank)) ?? StatedAttributes.Axes(attributes, rank) ?? AxisLetters.Default(rank);
        var (size, origin) = level is null ? default : (OmeMultiscales.VoxelSizeOf(level, rank), (string?)level.Dataset.Path);
        if (size == VoxelSize.Unknown)
            (size, origin) = StatedAttributes.Size(attributes, axes, ".zattrs ");
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
            Centre = level is null ? null : OmePlace.Of(level, rank),
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
}
