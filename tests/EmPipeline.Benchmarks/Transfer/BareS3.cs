using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EmPipeline.Benchmarks.Transfer;

/// <summary>
/// A bare S3 server in a process of its own: takes objects, drops their bytes, and remembers lengths and ETags. Checksums it takes at the sender's word, so
/// that what is measured is the sender.
/// </summary>
internal sealed class BareS3 : IDisposable
{
    public const string Argument = "--bare-s3";
    private static readonly ConcurrentDictionary<string, (long Length, string ETag, byte[]? Small)> Objects = new();
    private static string[]? _sorted;
    private static long _bytes;
    private readonly Process _process;
    private readonly HttpClient _client = new();

    private BareS3(Process process, string address) => (_process, Address) = (process, address);

    public string Address { get; }

    public static async Task<BareS3> StartAsync()
    {
        var (program, own) = Machine.Self();
        var process = MeasuredProcess.Start(program, [.. own, Argument]);
        return new BareS3(process, await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The bare server did not start."));
    }

    public async Task ClearAsync() => await _client.PostAsync(Address + "/clear", null);

    /// <summary>Bytes that it took since it was last cleared.</summary>
    public async Task<long> TakenAsync() => long.Parse(await _client.GetStringAsync(Address + "/taken"), CultureInfo.InvariantCulture);

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _client.Dispose();
    }

    public static async Task<int> RunAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0);
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
        });
        var app = builder.Build();
        app.Run(AnswerAsync);
        await app.StartAsync();
        Console.WriteLine(app.Urls.Single());
        await app.WaitForShutdownAsync();
        return 0;
    }

    private static async Task AnswerAsync(HttpContext context)
    {
        var (query, path, answer) = (context.Request.Query, context.Request.Path.Value![1..], context.Response);
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        var key = slash < 0 ? "" : path[(slash + 1)..];
        switch (context.Request.Method, path)
        {
            case ("POST", "clear"):
                Objects.Clear();
                Interlocked.Exchange(ref _bytes, 0);
                _sorted = null;
                break;
            case ("GET", "taken"):
                await answer.WriteAsync(Interlocked.Read(ref _bytes).ToString(CultureInfo.InvariantCulture));
                break;
            case ("PUT", _) when key.Length > 0:
                await PutAsync(context, key);
                break;
            case ("DELETE", _):
                Objects.TryRemove(key, out _);
                _sorted = null;
                answer.StatusCode = 204;
                break;
            case ("GET", _) when query.ContainsKey("uploads"):
                await answer.WriteAsync("<ListMultipartUploadsResult><IsTruncated>false</IsTruncated></ListMultipartUploadsResult>");
                break;
            case ("GET", _) when key.Length == 0:
                await ListAsync(context);
                break;
            case ("HEAD" or "GET", _) when key.Length > 0:
                if (!Objects.TryGetValue(key, out var found))
                {
                    answer.StatusCode = 404;
                    break;
                }

                answer.Headers.ETag = $"\"{found.ETag}\"";
                answer.Headers.LastModified = "Wed, 01 Jan 2025 00:00:00 GMT";
                answer.ContentLength = found.Length;
                if (context.Request.Method == "GET")
                    await answer.Body.WriteAsync(found.Small);
                break;
        }
    }

    private static async Task PutAsync(HttpContext context, string key)
    {
        var length = 0L;
        var small = context.Request.ContentLength <= 1024 ? new MemoryStream() : null;
        while (true)
        {
            var read = await context.Request.BodyReader.ReadAsync();
            length += read.Buffer.Length;
            // Who is at work is read again.
            foreach (var piece in read.Buffer)
                small?.Write(piece.Span);
            context.Request.BodyReader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
                break;
        }

        var crc = context.Request.Headers["x-amz-checksum-crc32c"].ToString();
        var etag = context.Request.Headers.ContentMD5.ToString() is { Length: > 0 } md5
            ? Convert.ToHexStringLower(Convert.FromBase64String(md5))
            : $"{Convert.ToHexStringLower(Convert.FromBase64String(crc))}-bare";
        Objects[key] = (length, etag, small?.ToArray());
        _sorted = null;
        Interlocked.Add(ref _bytes, length);
        context.Response.Headers.ETag = $"\"{etag}\"";
        if (crc.Length > 0)
            context.Response.Headers["x-amz-checksum-crc32c"] = crc;
    }

    private static async Task ListAsync(HttpContext context)
    {
        var query = context.Request.Query;
        string prefix = query["prefix"].ToString(), delimiter = query["delimiter"].ToString(), after = query["continuation-token"].ToString();
        var sorted = _sorted ??= [.. Objects.Keys.Order(StringComparer.Ordinal)];
        var text = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?><ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">");
        var start = Array.BinarySearch(sorted, after.Length > 0 ? after : prefix, StringComparer.Ordinal);
        var (count, last, folder) = (0, "", "");
        start = start < 0 ? ~start : after.Length > 0 ? start + 1 : start;
        for (var i = start; i < sorted.Length && sorted[i].StartsWith(prefix, StringComparison.Ordinal); i++)
        {
            var end = delimiter.Length == 0 ? -1 : sorted[i].IndexOf(delimiter, prefix.Length, StringComparison.Ordinal);
            var name = end < 0 ? sorted[i] : sorted[i][..(end + 1)];
            if (name == folder)
            {
                last = sorted[i];
                continue;
            }

            if (count++ == 1000)
            {
                text.Append(CultureInfo.InvariantCulture, $"<IsTruncated>true</IsTruncated><NextContinuationToken>{SecurityElement.Escape(last)}</NextContinuationToken>");
                break;
            }

            last = sorted[i];
            var escaped = SecurityElement.Escape(name);
            if (end >= 0)
            {
                folder = name;
                text.Append(CultureInfo.InvariantCulture, $"<CommonPrefixes><Prefix>{escaped}</Prefix></CommonPrefixes>");
            }
            else
            {
                var found = Objects[name];
                text.Append(CultureInfo.InvariantCulture, $"<Contents><Key>{escaped}</Key><LastModified>2025-01-01T00:00:00.000Z</LastModified><ETag>&quot;{found.ETag}&quot;</ETag><Size>{found.Length}</Size></Contents>");
            }
        }

        context.Response.ContentType = "application/xml";
        await context.Response.WriteAsync(text.Append("</ListBucketResult>").ToString());
    }
}
