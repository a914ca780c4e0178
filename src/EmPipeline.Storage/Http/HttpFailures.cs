using System.Net;

namespace EmPipeline.Storage;

/// <summary>What an answer means that is not the one that was asked for.</summary>
internal static class HttpFailures
{
    public static bool IsAbsent(HttpResponseMessage response) => response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone;

    /// <summary>Answers that say no more than "not by HEAD".</summary>
    public static bool RefusesHead(HttpResponseMessage response) => response.StatusCode
        is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.MethodNotAllowed or HttpStatusCode.NotImplemented;

    public static Exception From(string place, HttpResponseMessage response, TimeProvider time)
    {
        var got = $"{(int)response.StatusCode} {response.ReasonPhrase}".TrimEnd();
        return response.StatusCode switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new StorageException(
                place, $"got {got}, expected an object that anyone may read. Check the address: storage hosts that do not let strangers list answer so for a missing object too."),
            HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests => new TransientException(got, retryAfter: RetryAfter(response, time)),
            >= HttpStatusCode.InternalServerError and not HttpStatusCode.NotImplemented and not HttpStatusCode.HttpVersionNotSupported =>
                new TransientException(got, retryAfter: RetryAfter(response, time)),
            >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest => new StorageException(
                place, $"got {got} to {response.Headers.Location?.ToString() ?? "nowhere"}, expected an object. Put the address that it leads to in its stead."),
            _ => new StorageException(place, $"got {got}, expected 200 or 206. Check the address."),
        };
    }

    /// <summary>A body that is compressed for the way has other sizes and offsets than the object.</summary>
    public static void RefuseEncoding(string place, HttpResponseMessage response)
    {
        if (response.Content.Headers.ContentEncoding.FirstOrDefault(encoding => !encoding.Equals("identity", StringComparison.OrdinalIgnoreCase)) is { } encoding)
        {
            throw new StorageException(
                place, $"got Content-Encoding {encoding}, expected the stored bytes as they are (identity). This server cannot be read by range; use another address of this object.");
        }
    }

    /// <summary>How long the server asks to wait; null where it does not.</summary>
    public static TimeSpan? RetryAfter(HttpResponseMessage response, TimeProvider time)
    {
        var wait = response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - time.GetUtcNow(),
            _ => default(TimeSpan?),
        };
        return wait > TimeSpan.Zero ? wait : null;
    }
}
