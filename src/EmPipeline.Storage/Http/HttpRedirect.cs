using System.Net.Http.Headers;

namespace EmPipeline.Storage;

/// <summary>Asks where a short link leads, without following it: what it leads to may be a page for a browser, with all that matters in its fragment.</summary>
public static class HttpRedirect
{
    private static readonly Lazy<HttpClient> Client = new(() =>
    {
        var handler = HttpConnections.Handler();
        handler.AllowAutoRedirect = false;
        return HttpConnections.Client(handler, owned: true);
    });

    /// <returns>The address that the answer names, as it is written there; null where it names none.</returns>
    /// <exception cref="StorageException">Nobody answers.</exception>
    public static ValueTask<string?> FindAsync(Uri link, MirrorMap? mirror = null, RetryOptions? retry = null, CancellationToken cancellation = default)
    {
        var real = (mirror ?? MirrorMap.None).Rewrite(link);
        return new RangeReader(new Retrier(retry ?? new RetryOptions())).AskAsync(link.AbsoluteUri, AskAsync, cancellation);

        async ValueTask<string?> AskAsync(StallGuard guard)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, real);
            // Nobody needs the body.
            request.Headers.Range = new RangeHeaderValue(0, 0);
            using var response = await Client.Value.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, guard.Token);
            if ((int)response.StatusCode is 408 or 429 or >= 500)
                throw HttpFailures.From(link.AbsoluteUri, response, (retry ?? new RetryOptions()).Time);
            if ((int)response.StatusCode is not (>= 300 and < 400) || !response.Headers.NonValidated.TryGetValues("Location", out var values))
                return null;
            var location = values.ToString();
            return location.StartsWith('/') ? new Uri(link, location).AbsoluteUri : location;
        }
    }
}
