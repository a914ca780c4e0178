using System.Globalization;
using EmPipeline.Volumes;

namespace EmPipeline.Catalog.Consolidation;

/// <summary>What the file that holds the voxels states.</summary>
public static class VolumeInfoClaims
{
    // The last part of a tag's path, as the DM, TIFF and OME readers give it, and the field and unit that it states.
    private static readonly (string Tag, string Field, string? Unit)[] Tags =
    [
        ("DataBar.Acquisition Date", Fields.AcquisitionDate, null),
        ("Microscope Info.Name", Fields.Instrument, null),
        ("DataBar.Signal Name", Fields.Detector, null),
        ("DataBar.Device Name", Fields.AcquisitionTool, null),
        ("GMS Version.Created", Fields.AcquisitionSoftware, null),
        ("GMS Version.Saved", Fields.FileSoftware, null),
        ("Software", Fields.FileSoftware, null),
        ("Microscope Info.Voltage", Fields.AcceleratingVoltage, "V"),
        ("Microscope Info.Indicated Magnification", Fields.Magnification, null),
        ("DigiScan.Sample Time", Fields.PixelDwellTime, "us"),
    ];

    /// <param name="file">The file or folder, for the claims' origin.</param>
    /// <param name="info">The full-resolution volume.</param>
    public static IReadOnlyList<Claim> From(string file, VolumeInfo info)
    {
        var claims = new ClaimList(file, ClaimKind.FileHeader);
        AddShape(claims, info);
        claims.Add(Fields.DataType, info.Type.Name(), "voxel type");
        var origin = info.VoxelSizeOrigin ?? "voxel size";
        AddLength(claims, Fields.VoxelSizeZ, info.VoxelSize.Z, origin);
        AddLength(claims, Fields.VoxelSizeY, info.VoxelSize.Y, origin);
        AddLength(claims, Fields.VoxelSizeX, info.VoxelSize.X, origin);
        foreach (var value in info.Metadata)
        {
            // ImageJ names itself and its version in the first line of its description: "ImageJ=1.52p".
            if (value.Key == "ImageDescription" && value.Value.StartsWith("ImageJ=", StringComparison.Ordinal))
                claims.Add(Fields.FileSoftware, value.Value.Split('\n')[0].Replace('=', ' '), value.Origin);
            foreach (var (tag, field, unit) in Tags)
            {
                if (value.Key == tag || value.Key.EndsWith("." + tag, StringComparison.Ordinal))
                    claims.Add(field, value.Value, value.Origin, unit);
            }
        }

        return claims.Claims;
    }

    private static void AddShape(ClaimList claims, VolumeInfo info)
    {
        for (var axis = 0; axis < info.Shape.Rank; axis++)
        {
            var field = info.Axes[axis] switch { 'z' => Fields.ShapeZ, 'y' => Fields.ShapeY, 'x' => Fields.ShapeX, _ => null };
            if (field is not null)
                claims.Add(field, info.Shape[axis].ToString(CultureInfo.InvariantCulture), "shape");
        }
    }

    private static void AddLength(ClaimList claims, string field, double? nanometres, string origin) =>
        claims.Add(field, nanometres?.ToString("R", CultureInfo.InvariantCulture), origin, "nm");
}
