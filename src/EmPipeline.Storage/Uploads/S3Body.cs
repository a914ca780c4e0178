using System.Net.Http.Headers;
using System.Xml;
using System.Xml.Linq;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace EmPipeline.Storage;

/// <summary>
/// Puts the bytes of an object or a part. Address and signature are the SDK's; the bytes go straight from memory. The SDK itself would copy them in small
/// pieces, and over plain HTTP hash them and divide them into signed chunks, which not every server understands. Signed is, besides the address, the
/// checksum: what happens to the bytes by accident is found, as over HTTPS.
/// </summary>
internal static class S3Body
{
    public const string Checksum = "x-amz-checksum-crc32c";
    private const int MostOfAnError = 64 << 10;

    /// <param name="request">Which object or part.</param>
    /// <param name="service">Whose scheme is taken; null for HTTPS.</param>
    /// <returns>The answer's headers.</returns>
    /// <exception cref="AmazonS3Exception">As the SDK would throw it.</exception>
    public static async Task<S3Answer> PutAsync(
        AmazonS3Client client, GetPreSignedUrlRequest request, Uri? service, ReadOnlyMemory<byte> bytes, uint crc, UploadCondition? condition, StallGuard guard)
    {
        (request.Verb, request.Protocol, request.Expires) = (HttpVerb.PUT, service is { Scheme: "http" } ? Protocol.HTTP : Protocol.HTTPS, DateTime.UtcNow.AddHours(1));
        request.Headers[Checksum] = S3Checksum.Text(crc);
        using var message = new HttpRequestMessage(HttpMethod.Put, await client.GetPreSignedURLAsync(request)) { Content = new MemoryContent(bytes, guard) };
        message.Headers.Add(Checksum, S3Checksum.Text(crc));
        message.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(UploadTypes.Of(request.Key));
        // Who is refused need not send all of it first.
        message.Headers.ExpectContinue = true;
        if (condition is { Version: { } version })
            message.Headers.IfMatch.Add(new EntityTagHeaderValue($"\"{version}\""));
        else if (condition is not null)
            message.Headers.IfNoneMatch.Add(EntityTagHeaderValue.Any);
        using var answer = await HttpConnections.Shared.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, guard.Token);
        if (!answer.IsSuccessStatusCode)
            throw await FailureAsync(answer, guard.Token);
        return new S3Answer(Header("ETag"), Header(Checksum), Header("x-amz-server-side-encryption"));

        string? Header(string name) => answer.Headers.TryGetValues(name, out var values) ? values.First() : null;
    }

    private static async Task<AmazonS3Exception> FailureAsync(HttpResponseMessage answer, CancellationToken cancellation)
    {
        var (code, text) = ("", answer.ReasonPhrase ?? "");
        try
        {
            await answer.Content.LoadIntoBufferAsync(MostOfAnError, cancellation);
            var told = XDocument.Parse(await answer.Content.ReadAsStringAsync(cancellation)).Root!;
            (code, text) = (Named("Code") ?? code, Named("Message") ?? text);

            string? Named(string name) => told.Elements().FirstOrDefault(element => element.Name.LocalName == name)?.Value;
        }
        catch (Exception e) when (e is XmlException or HttpRequestException)
        {
            // Not every server says more than a number.
        }

        var failure = new AmazonS3Exception(text, ErrorType.Unknown, code, "", answer.StatusCode);
        failure.Data[S3Failures.RetryAfterKey] = answer.Headers.RetryAfter?.ToString();
        return failure;
    }
}
