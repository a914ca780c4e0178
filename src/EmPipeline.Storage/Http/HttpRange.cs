using System.Net;
using System.Net.Http.Headers;

namespace EmPipeline.Storage;

/// <summary>Holds the answer to a range request against what was asked: which bytes of the object its body is.</summary>
/// <param name="Skip">Body bytes before the first that was asked for (a server that ignores ranges sends the whole object).</param>
/// <param name="Length">Bytes asked for that will come; null when the server does not say.</param>
internal readonly record struct HttpRange(long Skip, long? Length, long? Total, bool Ranged)
{
    /// <param name="sent">Content-Length.</param>
    /// <param name="range">Content-Range.</param>
    /// <param name="offset">The first byte asked for.</param>
    /// <param name="length">Bytes asked for; null for all up to the end.</param>
    public static HttpRange Check(HttpStatusCode status, long? sent, ContentRangeHeaderValue? range, long offset, long? length)
    {
        if (status == HttpStatusCode.OK)
        {
            var left = sent is { } total ? Math.Max(0, total - offset) : default(long?);
            return new HttpRange(offset, left is { } there && length is { } asked ? Math.Min(there, asked) : left, sent, Ranged: false);
        }

        if (status == HttpStatusCode.RequestedRangeNotSatisfiable)
            return new HttpRange(0, 0, range?.Length ?? (offset == 0 ? 0 : null), Ranged: true);
        if (range is not { HasRange: true, Unit: "bytes", From: { } from, To: { } to })
            throw new TransientException($"a partial response without a usable Content-Range ('{range}')");
        var end = range.Length is { } whole && (length is null || whole < offset + length) ? whole : offset + length;
        if (from != offset || to < from || (end is { } expected && to + 1 != expected))
            throw new TransientException($"Content-Range '{range}' in answer to bytes {offset}-{offset + length - 1}");
        if (sent is { } body && body != to - from + 1)
            throw new TransientException($"Content-Length {body} with Content-Range '{range}'");
        return new HttpRange(0, to - from + 1, range.Length, Ranged: true);
    }
}
