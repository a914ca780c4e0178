using Microsoft.AspNetCore.Http;

namespace EmPipeline.Storage.Tests;

/// <summary>A server that misbehaves on a seed: what comes of it is the same bytes or an error of this library, and the next run mends it.</summary>
public sealed class UploadFaultTests : UploadFixture
{
    private const int Seeds = 20;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Kinds => ["500", "503 with Retry-After", "429", "reset", "lost answer", "412", "409", "html", "bad digest", "other checksum", "403", "501"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Objects_are_whole_or_absent_and_the_next_run_completes_them(string kind)
    {
        UploadItem[] small = [Write("a", 1000), Write("b", 70_000), Write("c/zarr.json", 300) with { IsConditional = true }];
        var large = Write("d", Part + 4321);
        for (var seed = 0; seed < Seeds; seed++)
        {
            // Parts of S3 are megabytes: every fifth time is enough.
            UploadItem[] items = seed % 5 == 0 ? [.. small, large] : small;
            Server.Objects.Clear();
            File.Delete(Folder["record"]);
            var (random, gate) = (new Random(seed), new Lock());
            Server.Fault = (number, context) =>
            {
                lock (gate)
                    return random.Next(3) == 0 ? SpoilAsync(kind, number, context) : Task.FromResult(false);
            };
            StorageException? error = null;
            try
            {
                await UploadAsync(items, cancellation: Token);
            }
            catch (StorageException e)
            {
                error = e;
            }

            Server.Fault = null;
            foreach (var item in items.Where(item => Server.Objects.ContainsKey($"bucket/some/prefix/{item.Key}")))
                Stored(item.Key).Should().Equal(File.ReadAllBytes(item.Path), "{0}, seed {1}: an object is whole or absent", item.Key, seed);
            if (error is null)
                Server.Objects.Should().HaveCount(items.Length);
            else
                error.Message.Should().Contain(": got ", "seed {0}", seed).And.NotContain("secret of the tests");
            await UploadAsync(items, cancellation: Token);
            foreach (var item in items)
                Stored(item.Key).Should().Equal(File.ReadAllBytes(item.Path), "{0}, seed {1}", item.Key, seed);
            (await UploadAsync(items, cancellation: Token)).Equal.Should().Be(items.Length);
        }
    }

    [Theory]
    [InlineData("500")]
    [InlineData("503 with Retry-After")]
    [InlineData("429")]
    [InlineData("reset")]
    [InlineData("lost answer")]
    [InlineData("409")]
    [InlineData("bad digest")]
    [InlineData("other checksum")]
    public async Task Passing_faults_are_asked_again(string kind)
    {
        UploadItem[] items = [Write("a", 1000), Write("c/zarr.json", 300) with { IsConditional = true }, Write("d", Part + 4321)];
        // Every request fails the first time that it is made.
        var seen = new System.Collections.Concurrent.ConcurrentDictionary<string, bool>();
        Server.Fault = (number, context) => seen.TryAdd($"{context.Request.Method} {context.Request.Path} {context.Request.QueryString}", true)
            ? SpoilAsync(kind, number, context) : Task.FromResult(false);
        await UploadAsync(items, cancellation: Token);
        foreach (var item in items)
            Stored(item.Key).Should().Equal(File.ReadAllBytes(item.Path));
        if (kind == "503 with Retry-After")
            Time.Waits.Should().Contain(TimeSpan.FromSeconds(7));
    }

    [Fact]
    public async Task Refusals_say_what_to_do()
    {
        var item = Write("a", 1000);
        Server.Fault = (_, context) => context.Request.Method == "PUT" ? SpoilAsync("403", 0, context) : Task.FromResult(false);
        var run = () => UploadAsync([item], cancellation: Token);
        (await run.Should().ThrowAsync<StorageException>())
            .WithMessage("s3://bucket/some/prefix/a (at *): got 403 AccessDenied, expected that this is allowed with the credentials in use. Check bucket, key and what the credentials may do.");
    }

    private async Task<bool> SpoilAsync(string kind, int number, HttpContext context)
    {
        Task<bool> Refuse(int status, string code, string? header = null) => RefuseAsync(context, status, code, header);
        switch (kind)
        {
            case "500":
                return await Refuse(500, "InternalError");
            case "503 with Retry-After":
                return await Refuse(503, "SlowDown", "7");
            case "429":
                return await Refuse(429, "TooManyRequests");
            case "reset":
                return await Faults.Reset(number, context);
            case "lost answer":
                return await Server.LoseAnswerAsync(context);
            case "412" when context.Request.Headers.IfMatch.Count + context.Request.Headers.IfNoneMatch.Count > 0:
                return await Refuse(412, "PreconditionFailed");
            case "409" when context.Request.Headers.IfMatch.Count + context.Request.Headers.IfNoneMatch.Count > 0:
                return await Refuse(409, "ConditionalRequestConflict");
            case "bad digest" when context.Request.Method == "PUT":
                return await Refuse(400, "BadDigest");
            case "other checksum" when context.Request.Method == "PUT":
                context.Response.Headers["x-amz-checksum-crc32c"] = "AAAAAA==";
                context.Response.Headers.ETag = "\"d41d8cd98f00b204e9800998ecf8427e\"";
                return true;
            case "html":
                context.Response.ContentType = "text/html";
                await context.Response.WriteAsync("<html><body>Welcome to this network</body></html>");
                return true;
            case "403":
                return await Refuse(403, "AccessDenied");
            case "501":
                return await Refuse(501, "NotImplemented");
            default:
                return false;
        }
    }

    private static async Task<bool> RefuseAsync(HttpContext context, int status, string code, string? retryAfter)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/xml";
        if (retryAfter is not null)
            context.Response.Headers.RetryAfter = retryAfter;
        if (context.Request.Method != "HEAD")
            await context.Response.WriteAsync($"<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>{code}</Code><Message>{code}</Message></Error>");
        return true;
    }
}
