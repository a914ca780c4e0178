using System.Globalization;
using System.Net;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.S3;

namespace EmPipeline.Storage;

/// <summary>What an error of the AWS SDK means in this library's terms.</summary>
internal static class S3Failures
{
    /// <summary>Under which an exception's data have what the server said of when to come again; the SDK's own have it elsewhere.</summary>
    public const string RetryAfterKey = "Retry-After";

    public static bool IsAbsent(AmazonS3Exception e) => e.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone && e.ErrorCode != "NoSuchBucket";

    /// <param name="signed">Whether the request was.</param>
    public static Exception From(string place, AmazonServiceException e, bool signed = false)
    {
        var got = e.StatusCode == 0 ? e.Message.TrimEnd('.') : $"{(int)e.StatusCode} {e.ErrorCode}".TrimEnd();
        return e.StatusCode switch
        {
            HttpStatusCode.PreconditionFailed => new ObjectChangedException(place),
            HttpStatusCode.Conflict when e.ErrorCode == "ConditionalRequestConflict" => new TransientException(got, e),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden when signed => new StorageException(
                place, $"got {got}, expected that this is allowed with the credentials in use. Check bucket, key and what the credentials may do.", e),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new StorageException(
                place, $"got {got}, expected an object that anyone may read. Check bucket and key: a bucket that does not let strangers list answers so for a missing object too.", e),
            HttpStatusCode.NotFound => new StorageException(place, $"got {got}, expected a bucket. Check its name and region.", e),
            HttpStatusCode.MovedPermanently or HttpStatusCode.TemporaryRedirect => new StorageException(
                place, $"got {got}, expected the bucket in this region. Set the bucket's region.", e),
            HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError and not HttpStatusCode.NotImplemented =>
                new TransientException(got, e, RetryAfter(e)),
            // The SDK reports a connection that failed as an exception without a status.
            0 => TransientException.From(place, e.InnerException ?? e),
            // Bytes that changed on their way are those.
            _ => e.ErrorCode is "SlowDown" or "RequestTimeout" or "Throttling" or "BadDigest" or "XAmzContentSHA256Mismatch" or "IncompleteBody" ? new TransientException(got, e) : new StorageException(place, $"got {got}: {e.Message}", e),
        };
    }

    private static TimeSpan? RetryAfter(AmazonServiceException e)
    {
        var text = (string?)e.Data[RetryAfterKey] ?? (e.InnerException as HttpErrorResponseException)?.Response?.GetHeaderValue(RetryAfterKey);
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds > 0 ? TimeSpan.FromSeconds(seconds) : null;
    }
}
