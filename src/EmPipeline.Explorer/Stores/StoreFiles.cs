using System.Globalization;
using EmPipeline.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace EmPipeline.Explorer.Stores;

/// <summary>
/// The Zarr stores of a data folder as they are, for other viewers: ranges, validators, and any origin may read. Nothing but metadata and shards, and
/// nothing that a link leads to outside.
/// </summary>
/// <param name="data">The data folder.</param>
internal sealed class StoreFiles(string data)
{
    private readonly string _root = Path.Combine(data, "zarr");

    public IResult Get(HttpContext context, string key)
    {
        Open(context.Response);
        return Find(key) is not { } path
            ? TypedResults.NotFound()
            : TypedResults.PhysicalFile(
                path, path.EndsWith(".json", StringComparison.Ordinal) ? "application/json" : "application/octet-stream",
                lastModified: File.GetLastWriteTimeUtc(path), entityTag: Tag(path), enableRangeProcessing: true);
    }

    /// <summary>Answers a browser that asks, for the page of another site, whether it may read.</summary>
    public static IResult Preflight(HttpContext context)
    {
        Open(context.Response);
        context.Response.Headers.AccessControlAllowMethods = "GET, HEAD";
        context.Response.Headers.AccessControlAllowHeaders = "Range, If-None-Match, If-Range";
        context.Response.Headers["Access-Control-Allow-Private-Network"] = "true";
        context.Response.Headers.AccessControlMaxAge = "3600";
        return TypedResults.NoContent();
    }

    private static void Open(HttpResponse response)
    {
        response.Headers.AccessControlAllowOrigin = "*";
        response.Headers.AccessControlExposeHeaders = "Content-Length, Content-Range, ETag";
        response.Headers["Cross-Origin-Resource-Policy"] = "cross-origin";
    }

    /// <summary>The real path of a key; null where there is no such file of a store.</summary>
    private string? Find(string key)
    {
        var names = key.Split('/');
        if (names.Any(name => name.Length == 0 || name[0] == '.' || name.AsSpan().ContainsAny('\\', '\0', ':')))
            return null;
        // What Predict leaves is for other viewers too.
        if (names[^1] is not ("zarr.json" or "neuroglancer.json") && !names.Contains("c"))
            return null;
        var path = Path.Combine(_root, Path.Combine(names));
        if (!File.Exists(path))
            return null;
        var real = RealPath.Of(path);
        return RealPath.IsWithin(real, RealPath.Of(_root)) && File.Exists(real) ? real : null;
    }

    private static EntityTagHeaderValue Tag(string path)
    {
        var file = new FileInfo(path);
        return new EntityTagHeaderValue(string.Create(CultureInfo.InvariantCulture, $"\"{file.LastWriteTimeUtc.Ticks:x}-{file.Length:x}\""));
    }
}
