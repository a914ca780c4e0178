using System.Globalization;
using System.Security.Cryptography;
using System.Xml.Linq;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace EmPipeline.Demo.Serving;

/// <summary>
/// The part of S3 that reading anonymously takes, path-style: GetObject with a range, HeadObject, HeadBucket, GetBucketLocation,
/// ListObjectsV2, and errors as S3 words them. Buckets are the folders of <paramref name="root"/>.
/// </summary>
internal sealed class S3Endpoint(string root)
{
    private static readonly XNamespace S3 = "http://s3.amazonaws.com/doc/2006-03-01/";

    public async Task AnswerAsync(HttpContext context)
    {
        var path = (context.Request.Path.Value ?? "/").TrimStart('/');
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        var (bucket, key) = slash < 0 ? (path, "") : (path[..slash], path[(slash + 1)..]);
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
            await RefuseAsync(context, 405, "MethodNotAllowed", "The specified method is not allowed against this resource.");
        else if (bucket.Length == 0 || MirrorPath.Resolve(root, bucket) is not { } folder || !Directory.Exists(folder))
            await RefuseAsync(context, 404, "NoSuchBucket", "The specified bucket does not exist", ("BucketName", bucket));
        else if (key.Length > 0)
            await ObjectAsync(context, folder, key);
        else if (HttpMethods.IsHead(context.Request.Method))
            context.Response.StatusCode = StatusCodes.Status200OK;
        else if (context.Request.Query.ContainsKey("location"))
            await XmlAsync(context, 200, new XElement(S3 + "LocationConstraint"));
        else
            await ListAsync(context, bucket, folder);
    }

    private static async Task ObjectAsync(HttpContext context, string folder, string key)
    {
        // A key that ends in '/' names no object here, and a folder is no object either.
        if (MirrorPath.Resolve(folder, key) is not { } path || !File.Exists(path))
        {
            await RefuseAsync(context, 404, "NoSuchKey", "The specified key does not exist.", ("Key", key));
            return;
        }

        // An object stored in one part has the MD5 of its bytes as tag, and clients check it.
        var tag = new EntityTagHeaderValue($"\"{Tag(path)}\"");
        await TypedResults.PhysicalFile(
            path, "binary/octet-stream", lastModified: File.GetLastWriteTimeUtc(path), entityTag: tag, enableRangeProcessing: true).ExecuteAsync(context);
        if (!context.Response.HasStarted && context.Response.StatusCode == StatusCodes.Status416RangeNotSatisfiable)
            await RefuseAsync(context, 416, "InvalidRange", "The requested range is not satisfiable");
    }

    private static async Task ListAsync(HttpContext context, string bucket, string folder)
    {
        var query = context.Request.Query;
        var (prefix, delimiter) = (query["prefix"].ToString(), query["delimiter"].ToString());
        var token = query["continuation-token"].ToString();
        var limit = 1000;
        if (query.TryGetValue("max-keys", out var text) && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit)))
        {
            await RefuseAsync(context, 400, "InvalidArgument", "Provided max-keys not an integer or within integer range");
            return;
        }

        if (S3Listing.Decode(token) is not { } resumeAfter)
        {
            await RefuseAsync(context, 400, "InvalidArgument", "The continuation token provided is incorrect");
            return;
        }

        limit = Math.Min(limit, 1000);
        var after = token.Length > 0 ? resumeAfter : query["start-after"].ToString();
        var page = S3Listing.Page(S3Listing.KeysOf(folder), prefix, delimiter, after, limit);
        var encode = query["encoding-type"] == "url";
        string Name(string key) => encode ? Uri.EscapeDataString(key).Replace("%2F", "/", StringComparison.Ordinal) : key;

        await XmlAsync(context, 200, new XElement(
            S3 + "ListBucketResult",
            new XElement(S3 + "Name", bucket),
            new XElement(S3 + "Prefix", Name(prefix)),
            delimiter.Length > 0 ? new XElement(S3 + "Delimiter", Name(delimiter)) : null,
            encode ? new XElement(S3 + "EncodingType", "url") : null,
            token.Length > 0 ? new XElement(S3 + "ContinuationToken", token) : null,
            new XElement(S3 + "KeyCount", page.Keys.Count + page.CommonPrefixes.Count),
            new XElement(S3 + "MaxKeys", limit),
            new XElement(S3 + "IsTruncated", page.Last is not null),
            page.Last is null ? null : new XElement(S3 + "NextContinuationToken", S3Listing.Encode(page.Last)),
            page.Keys.Select(key => Contents(folder, key, Name(key))),
            page.CommonPrefixes.Select(common => new XElement(S3 + "CommonPrefixes", new XElement(S3 + "Prefix", Name(common))))));
    }

    private static XElement Contents(string folder, string key, string name)
    {
        var info = new FileInfo(Path.Join(folder, key));
        return new XElement(
            S3 + "Contents",
            new XElement(S3 + "Key", name),
            new XElement(S3 + "LastModified", info.LastWriteTimeUtc.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)),
            new XElement(S3 + "ETag", $"\"{Tag(info.FullName)}\""),
            new XElement(S3 + "Size", info.Length),
            new XElement(S3 + "StorageClass", "STANDARD"));
    }

    private static string Tag(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(MD5.HashData(file));
    }

    private static Task RefuseAsync(HttpContext context, int status, string code, string message, params (string Name, string Value)[] details) =>
        XmlAsync(context, status, new XElement(
            "Error",
            new XElement("Code", code),
            new XElement("Message", message),
            details.Select(d => new XElement(d.Name, d.Value)),
            new XElement("RequestId", context.TraceIdentifier)));

    private static async Task XmlAsync(HttpContext context, int status, XElement content)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + content.ToString(SaveOptions.DisableFormatting));
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/xml";
        context.Response.ContentLength = bytes.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
            await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
    }
}
