namespace EmPipeline.Catalog.Consolidation;

internal static class OmeroPixels
{
    /// <summary>The Zarr name of an OME pixel type.</summary>
    public static string TypeName(string type) => type switch
    {
        "float" => "float32",
        "double" => "float64",
        "bit" => "bool",
        _ => type,
    };
}
