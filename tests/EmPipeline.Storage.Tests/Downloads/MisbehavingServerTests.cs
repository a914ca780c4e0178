using Microsoft.AspNetCore.Http;

namespace EmPipeline.Storage.Tests;

/// <summary>
/// A server that misbehaves on a seed, in three requests of ten: what comes of it is the object, whole, or an error of its own kind, and once the server
/// behaves the same download brings the object.
/// </summary>
public sealed class MisbehavingServerTests : IDisposable
{
    private const int Piece = 64 << 10;
    private readonly TemporaryFolder _folder = new();
    private readonly SkippingTime _time = new();

    public void Dispose() => _folder.Dispose();

    public static MatrixTheoryData<string, int, int> Cases => new(["http", "s3"], [900, (9 * Piece) + 77], Enumerable.Range(0, 20));

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task The_object_comes_whole_or_not_at_all(string kind, int length, int seed)
    {
        await using var server = await S3Server.StartAsync();
        var (first, second) = (Noise(length, 1), Noise(length, 2));
        server.Objects["bucket/object"] = first;
        server.Fault = new Misbehaviour(seed, server, second).AnswerAsync;
        await using IStore store = kind == "s3" ? new S3Store("bucket", "", TestRetries.S3(server.Address, _time)) : new HttpStore(new Uri(server.Address, "bucket"), TestRetries.Http(_time));
        using var downloader = new Downloader(new DownloaderOptions { PieceSize = Piece, Retry = TestRetries.Of(_time) });
        // As a lock file or a listing tells it.
        var expected = seed % 2 == 0 ? new ExpectedFile(length, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(first))) : new ExpectedFile(length);
        try
        {
            await downloader.DownloadAsync(store, "object", _folder["object"], expected);
            var got = await File.ReadAllBytesAsync(_folder["object"]);
            (got.AsSpan().SequenceEqual(first) || (expected.Sha256 is null && got.AsSpan().SequenceEqual(second))).Should().BeTrue("one version, whole");
        }
        catch (StorageException e)
        {
            e.Fault.Should().BeOneOf(StorageFault.Source, StorageFault.Content);
            File.Exists(_folder["object"]).Should().BeFalse();
        }

        server.Fault = null;
        server.Objects["bucket/object"] = first;
        await downloader.DownloadAsync(store, "object", _folder["object"], expected);
        (await File.ReadAllBytesAsync(_folder["object"])).Should().Equal(first);
    }

    private static byte[] Noise(int length, int seed)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Which request is spoiled, and how, follows from its number and the seed.</summary>
    private sealed class Misbehaviour(int seed, ObjectServer server, byte[] changed)
    {
        public async Task<bool> AnswerAsync(int number, HttpContext context)
        {
            var random = new Random((seed * 1000) + number);
            if (random.Next(10) >= 3)
                return false;
            var response = context.Response;
            switch (random.Next(12))
            {
                case 0:
                    return await Faults.Status(new[] { 500, 502, 504 }[random.Next(3)])(number, context);
                case 1:
                    return await Faults.Status(503, "Retry-After", "2")(number, context);
                case 2:
                    return await Faults.Status(429)(number, context);
                case 3:
                    return await Faults.Reset(number, context);
                case 4:
                    return await Faults.Partial(40, 90, $"bytes 0-89/{changed.Length}")(number, context);
                case 5:
                    // Other bytes than were asked for.
                    return await Faults.Partial(10, 10, $"bytes 5-14/{changed.Length}")(number, context);
                case 6:
                    // All of it, whatever was asked for.
                    context.Request.Headers.Remove("Range");
                    return false;
                case 7 when seed % 4 == 1:
                    server.Objects["bucket/object"] = changed;
                    return false;
                case 8:
                    server.Naming = () => "renamed-";
                    return false;
                case 9:
                    response.ContentType = "text/html";
                    await response.WriteAsync("<html>Sign in</html>");
                    return true;
                case 10 when seed % 4 == 2:
                    response.Headers.ContentEncoding = "gzip";
                    return false;
                case 11:
                    // Round and round, or out of the web.
                    return await Faults.Status(302, "Location", seed % 4 == 3 ? "ftp://127.0.0.1/object" : context.Request.Path.Value)(number, context);
                default:
                    return false;
            }
        }
    }
}
