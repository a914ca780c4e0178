using System.Globalization;
using System.Text.Json;
using EmPipeline.Volumes;

namespace EmPipeline.Catalog.Consolidation;

/// <summary>The answer of OMERO's <c>/api/v0/m/images/ID/</c>: OME objects as JSON, lengths with their units.</summary>
public static class OmeroImage
{
    /// <exception cref="EmException">Not such an answer.</exception>
    public static IReadOnlyList<Claim> Parse(string json, string place)
    {
        using var document = JsonText.Parse(json, place);
        if (document.RootElement.At("data", "Pixels") is not { ValueKind: JsonValueKind.Object } pixels)
            throw EmException.Corrupt(place, "got a JSON object without 'data.Pixels', expected an OMERO image.");
        var image = document.RootElement.GetProperty("data");
        var claims = new ClaimList("OMERO API image", ClaimKind.Registry);
        claims.Add(Fields.Title, image, "Name");
        claims.Add(Fields.ArchiveEntry, image.At("@id").AsText() is { } id ? $"OMERO image {id}" : null, "@id");
        claims.Add(Fields.Description, image, "Description");
        claims.Add(Fields.AcquisitionDate, Day(image.At("AcquisitionDate").AsNumber()), "AcquisitionDate");
        foreach (var (axis, shape, size) in AxisFields)
        {
            claims.AddPositive(shape, pixels, "Size" + axis, prefix: "Pixels.");
            AddLength(claims, size, pixels, "PhysicalSize" + axis);
        }

        var type = (pixels.At("Type", "value") ?? pixels.At("Type")).AsText();
        claims.Add(Fields.DataType, type is null ? null : OmeroPixels.TypeName(type), "Pixels.Type");
        return claims.Claims;
    }

    private static readonly (string Axis, string Shape, string Size)[] AxisFields =
    [
        ("Z", Fields.ShapeZ, Fields.VoxelSizeZ), ("Y", Fields.ShapeY, Fields.VoxelSizeY), ("X", Fields.ShapeX, Fields.VoxelSizeX),
    ];

    private static void AddLength(ClaimList claims, string field, JsonElement pixels, string member)
    {
        if (pixels.At(member, "Value").AsNumber() is > 0)
        {
            claims.Add(
                field, pixels.At(member, "Value").AsText(), $"Pixels.{member}", pixels.At(member, "Unit").AsText() ?? pixels.At(member, "Symbol").AsText() ?? "\u00b5m");
        }
    }

    /// <summary>The day of a moment in milliseconds since 1970.</summary>
    private static string? Day(double? milliseconds) => milliseconds is { } value && Math.Abs(value) < 8e12
        ? DateTimeOffset.FromUnixTimeMilliseconds((long)value).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
        : null;
}
