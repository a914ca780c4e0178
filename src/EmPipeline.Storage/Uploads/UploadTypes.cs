namespace EmPipeline.Storage;

/// <summary>What browsers are told of an object.</summary>
internal static class UploadTypes
{
    public static string Of(string key) => Path.GetExtension(key) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".json" => "application/json",
        ".csv" => "text/csv; charset=utf-8",
        _ => "application/octet-stream",
    };
}
