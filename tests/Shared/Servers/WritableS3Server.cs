using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Xml.Linq;
using Microsoft.AspNetCore.Http;
using EmPipeline.Storage;

namespace EmPipeline.Tests.Servers;

/// <summary>
/// As much of an S3 endpoint as a publisher meets: put, put on a condition, uploads in parts, deletion. Checksums that do not fit are refused. It has no
/// users: a request has to be signed, by whomever.
/// </summary>
internal sealed class WritableS3Server : S3Server
{
    private readonly ConcurrentDictionary<string, (string Path, DateTime Begun, bool Summed, ConcurrentDictionary<int, byte[]> Parts)> _uploads = new();
    private readonly ConcurrentDictionary<byte[], uint> _checksums = new();
    private readonly Lock _writing = new();
    private long _bytesTaken;

    private WritableS3Server()
    {
    }

    /// <summary>Whether answers have the CRC-32C of objects and parts; old servers know none.</summary>
    public bool Checksums { get; set; } = true;

    /// <summary>Whether an ETag is the MD5 of the content; it is not where a store encrypts with keys of its own.</summary>
    public bool Md5 { get; set; } = true;

    /// <summary>Bytes of objects and parts that it took.</summary>
    public long BytesTaken => Interlocked.Read(ref _bytesTaken);

    /// <summary>Whether conditions are heeded; old servers do not.</summary>
    public bool Conditions { get; set; } = true;

    /// <summary>An upload that another tool began, without checksums, and left with a part.</summary>
    public void LeaveUnfinished(string path, byte[] part) => _uploads[Guid.NewGuid().ToString("N")] = (path, DateTime.UtcNow, false, new() { [1] = part });

    /// <summary>By path.</summary>
    public IEnumerable<string> Unfinished => _uploads.Values.Select(upload => upload.Path);

    public static new async Task<WritableS3Server> StartAsync(int pageSize = 1000)
    {
        var server = new WritableS3Server { PageSize = pageSize };
        await server.StartServerAsync();
        return server;
    }

    /// <summary>Does what is asked for; the answer is lost.</summary>
    public async Task<bool> LoseAnswerAsync(HttpContext context)
    {
        context.Response.Body = new MemoryStream();
        await AnswerAsync(context);
        context.Abort();
        return true;
    }

    protected override async Task AnswerAsync(HttpContext context)
    {
        var (query, path) = (context.Request.Query, context.Request.Path.Value![1..]);
        if (context.Request.Method is "PUT" or "POST" or "DELETE" && context.Request.Headers.Authorization.Count == 0 && !query.ContainsKey("X-Amz-Signature"))
        {
            await RefuseAsync(context, 403, "AccessDenied");
            return;
        }

        switch (context.Request.Method)
        {
            case "PUT" when query.ContainsKey("uploadId"):
                await PutPartAsync(context, query["uploadId"].ToString(), int.Parse(query["partNumber"].ToString(), CultureInfo.InvariantCulture));
                break;
            case "PUT":
                await PutAsync(context, path);
                break;
            case "POST" when query.ContainsKey("uploads"):
                var id = Guid.NewGuid().ToString("N");
                _uploads[id] = (path, DateTime.UtcNow, context.Request.Headers.ContainsKey("x-amz-checksum-algorithm"), new());
                await XmlAsync(context, new XElement("InitiateMultipartUploadResult", new XElement("Key", KeyOf(path)), new XElement("UploadId", id)));
                break;
            case "POST" when query.ContainsKey("uploadId"):
                await CompleteAsync(context, query["uploadId"].ToString());
                break;
            case "POST" when query.ContainsKey("delete"):
                foreach (var key in XDocument.Parse(System.Text.Encoding.UTF8.GetString(await BodyAsync(context))).Descendants().Where(e => e.Name.LocalName == "Key"))
                    Objects.TryRemove($"{path.Trim('/')}/{key.Value}", out _);
                await XmlAsync(context, new XElement("DeleteResult"));
                break;
            case "DELETE" when query.ContainsKey("uploadId"):
                context.Response.StatusCode = _uploads.TryRemove(query["uploadId"].ToString(), out _) ? 204 : 404;
                break;
            case "DELETE":
                Objects.TryRemove(path, out _);
                context.Response.StatusCode = 204;
                break;
            case "GET" when query.ContainsKey("uploads"):
                await XmlAsync(context, new XElement("ListMultipartUploadsResult", new XElement("IsTruncated", "false"), _uploads.Select(upload => new XElement(
                    "Upload", new XElement("Key", KeyOf(upload.Value.Path)), new XElement("UploadId", upload.Key), new XElement("Initiated", upload.Value.Begun.ToString("O"))))));
                break;
            case "GET" when query.ContainsKey("uploadId"):
                await ListPartsAsync(context, query["uploadId"].ToString());
                break;
            case "HEAD" when Checksums && Objects.TryGetValue(path, out var bytes) && _checksums.TryGetValue(bytes, out var crc):
                context.Response.Headers["x-amz-checksum-crc32c"] = Text(crc);
                context.Response.Headers["x-amz-checksum-type"] = "FULL_OBJECT";
                await base.AnswerAsync(context);
                break;
            default:
                await base.AnswerAsync(context);
                break;
        }
    }

    private async Task PutAsync(HttpContext context, string path)
    {
        var bytes = await BodyAsync(context);
        if (!await FitsAsync(context, bytes))
            return;
        if (!Keep(context, path, bytes))
            await RefuseAsync(context, 412, "PreconditionFailed");
        else
            context.Response.Headers.ETag = $"\"{ETagOf(bytes)}\"";
    }

    private async Task PutPartAsync(HttpContext context, string id, int number)
    {
        var bytes = await BodyAsync(context);
        if (!_uploads.TryGetValue(id, out var upload))
            await RefuseAsync(context, 404, "NoSuchUpload");
        else if (!upload.Summed && Checksums)
            await RefuseAsync(context, 400, "InvalidRequest");
        else if (await FitsAsync(context, bytes))
        {
            upload.Parts[number] = bytes;
            context.Response.Headers.ETag = $"\"{ETagOf(bytes)}\"";
        }
    }

    private async Task CompleteAsync(HttpContext context, string id)
    {
        var asked = XDocument.Parse(System.Text.Encoding.UTF8.GetString(await BodyAsync(context)));
        if (!_uploads.TryGetValue(id, out var upload))
        {
            await RefuseAsync(context, 404, "NoSuchUpload");
            return;
        }

        var tags = asked.Descendants().Where(e => e.Name.LocalName == "ETag").Select(e => e.Value.Trim('"')).ToList();
        var parts = upload.Parts.OrderBy(part => part.Key).Select(part => part.Value).ToList();
        if (!tags.SequenceEqual(parts.Select(ETagOf)) || parts.SkipLast(1).Any(part => part.Length < 5 << 20))
        {
            await RefuseAsync(context, 400, "InvalidPart");
            return;
        }

        byte[] whole = [.. parts.SelectMany(part => part)];
        if (context.Request.Headers["x-amz-checksum-crc32c"] is { Count: 1 } told && told != Text(Crc32C.Compute(whole)))
        {
            await RefuseAsync(context, 400, "BadDigest");
            return;
        }

        Name(whole, $"{Convert.ToHexStringLower(MD5.HashData([.. parts.SelectMany(MD5.HashData)]))}-{parts.Count}");
        if (!Keep(context, upload.Path, whole))
        {
            await RefuseAsync(context, 412, "PreconditionFailed");
            return;
        }

        _uploads.TryRemove(id, out _);
        await XmlAsync(context, new XElement("CompleteMultipartUploadResult", new XElement("ETag", $"\"{ETagOf(whole)}\"")));
    }

    private async Task ListPartsAsync(HttpContext context, string id)
    {
        if (!_uploads.TryGetValue(id, out var upload))
        {
            await RefuseAsync(context, 404, "NoSuchUpload");
            return;
        }

        await XmlAsync(context, new XElement("ListPartsResult", new XElement("IsTruncated", "false"), upload.Parts.OrderBy(part => part.Key).Select(part => new XElement(
            "Part", new XElement("PartNumber", part.Key), new XElement("Size", part.Value.Length), new XElement("ETag", $"\"{ETagOf(part.Value)}\""),
            Checksums ? new XElement("ChecksumCRC32C", Text(Crc32C.Compute(part.Value))) : null))));
    }

    private bool Keep(HttpContext context, string path, byte[] bytes)
    {
        lock (_writing)
        {
            var there = Objects.TryGetValue(path, out var now) ? $"\"{ETagOf(now)}\"" : null;
            var headers = context.Request.Headers;
            if (Conditions && ((headers.IfNoneMatch.Count > 0 && there is not null) || (headers.IfMatch.Count > 0 && headers.IfMatch != there)))
                return false;
            if (!Md5)
                Name(bytes, Guid.NewGuid().ToString("N"));
            _checksums[bytes] = Crc32C.Compute(bytes);
            Objects[path] = bytes;
            return true;
        }
    }

    private async Task<bool> FitsAsync(HttpContext context, byte[] bytes)
    {
        var crc = Text(Crc32C.Compute(bytes));
        if (context.Request.Headers["x-amz-checksum-crc32c"] is { Count: 1 } told && told != crc)
        {
            await RefuseAsync(context, 400, "BadDigest");
            return false;
        }

        if (Checksums)
            context.Response.Headers["x-amz-checksum-crc32c"] = crc;
        if (!Md5)
            context.Response.Headers["x-amz-server-side-encryption"] = "aws:kms";
        return true;
    }

    private async Task<byte[]> BodyAsync(HttpContext context)
    {
        var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        Interlocked.Add(ref _bytesTaken, body.Length);
        return body.ToArray();
    }

    private static string KeyOf(string path) => path[(path.IndexOf('/', StringComparison.Ordinal) + 1)..];

    private static async Task XmlAsync(HttpContext context, XElement content)
    {
        context.Response.ContentType = "application/xml";
        await context.Response.WriteAsync("<?xml version=\"1.0\" encoding=\"UTF-8\"?>" + content.ToString(SaveOptions.DisableFormatting));
    }

    private static string Text(uint crc)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, crc);
        return Convert.ToBase64String(bytes);
    }
}
