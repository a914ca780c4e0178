using System.Security;
using Microsoft.AspNetCore.Http;

namespace EmPipeline.Tests.Servers;

/// <summary>As much of an S3 endpoint as an anonymous reader meets: objects by /bucket/key, ListObjectsV2 in pages, errors as XML.</summary>
internal class S3Server : ObjectServer
{
    public int PageSize { get; init; } = 3;

    public static async Task<S3Server> StartAsync(int pageSize = 3)
    {
        var server = new S3Server { PageSize = pageSize };
        await server.StartServerAsync();
        return server;
    }

    protected override Task AnswerAsync(HttpContext context) =>
        context.Request.Query["list-type"] == "2" ? ListAsync(context) : base.AnswerAsync(context);

    protected override async Task RefuseAsync(HttpContext context, int status, string code)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/xml";
        if (context.Request.Method != "HEAD")
            await context.Response.WriteAsync($"<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>{code}</Code><Message>{code}</Message></Error>");
    }

    private async Task ListAsync(HttpContext context)
    {
        var bucket = context.Request.Path.Value!.Trim('/');
        string prefix = context.Request.Query["prefix"].ToString(), after = context.Request.Query["continuation-token"].ToString();
        var all = Objects.Where(item => item.Key.StartsWith(bucket + "/", StringComparison.Ordinal))
            .Select(item => (Key: item.Key[(bucket.Length + 1)..], item.Value))
            .Where(item => item.Key.StartsWith(prefix, StringComparison.Ordinal) && string.CompareOrdinal(item.Key, after) > 0)
            .OrderBy(item => item.Key, StringComparer.Ordinal).ToArray();
        var page = all.Take(PageSize).ToArray();
        var more = all.Length > page.Length;
        context.Response.ContentType = "application/xml";
        await context.Response.WriteAsync(
            $"<?xml version=\"1.0\" encoding=\"UTF-8\"?><ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>{bucket}</Name><IsTruncated>{(more ? "true" : "false")}</IsTruncated>"
            + (more ? $"<NextContinuationToken>{SecurityElement.Escape(page[^1].Key)}</NextContinuationToken>" : "")
            + string.Concat(page.Select(item =>
                $"<Contents><Key>{SecurityElement.Escape(item.Key)}</Key><LastModified>2025-01-01T00:00:00.000Z</LastModified><ETag>&quot;{ETagOf(item.Value)}&quot;</ETag><Size>{item.Value.Length}</Size></Contents>"))
            + "</ListBucketResult>");
    }
}
