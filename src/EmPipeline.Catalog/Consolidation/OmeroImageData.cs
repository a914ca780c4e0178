using EmPipeline.Volumes;

namespace EmPipeline.Catalog.Consolidation;

/// <summary>The answer of OMERO's (and so the IDR's) <c>/webgateway/imgData/ID/</c>.</summary>
public static class OmeroImageData
{
    /// <exception cref="EmException">Not such an answer, or the server's polite refusal, which is also JSON with status 200.</exception>
    public static IReadOnlyList<Claim> Parse(string json, string place)
    {
        using var document = JsonText.Parse(json, place);
        var root = document.RootElement;
        if (root.At("ConcurrencyException") is not null)
            throw EmException.Unavailable(place, "got ConcurrencyException (the server is still making the image's pyramid), expected image data. Try again later.");
        if (root.At("Exception") is { } exception)
            throw EmException.Unavailable(place, $"got {((System.Text.Json.JsonElement?)exception).AsText() ?? "an exception"}, expected image data. Check the image's number.");
        if (root.At("size") is null)
            throw EmException.Corrupt(place, "got a JSON object without 'size', expected OMERO image data.");

        var claims = new ClaimList("OMERO imgData", ClaimKind.Registry);
        claims.AddPositive(Fields.ShapeZ, root, "size.z");
        claims.AddPositive(Fields.ShapeY, root, "size.height");
        claims.AddPositive(Fields.ShapeX, root, "size.width");
        claims.AddPositive(Fields.VoxelSizeZ, root, "pixel_size.z", "\u00b5m");
        claims.AddPositive(Fields.VoxelSizeY, root, "pixel_size.y", "\u00b5m");
        claims.AddPositive(Fields.VoxelSizeX, root, "pixel_size.x", "\u00b5m");
        claims.Add(Fields.DataType, root.At("meta", "pixelsType").AsText() is { } type ? OmeroPixels.TypeName(type) : null, "meta.pixelsType");
        claims.Add(Fields.Title, root, "meta.imageName");
        claims.Add(Fields.Description, root, "meta.imageDescription");
        claims.Add("project", root, "meta.projectName");
        claims.Add("omero_dataset", root, "meta.datasetName");

        // meta.imageTimestamp is the day of import where no acquisition date is known, and nothing tells which: it claims nothing.
        return claims.Claims;
    }
}
