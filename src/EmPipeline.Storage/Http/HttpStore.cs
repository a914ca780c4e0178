using System.Net;
using System.Net.Http.Headers;

namespace EmPipeline.Storage;

/// <summary>
/// Objects below a URL of a plain web server (or of a bucket's web face). Ranges are checked against the answer's own headers, so that
/// a server, a proxy or a broken connection cannot pass off other bytes, or fewer, as those that were asked for. Cannot list.
/// </summary>
/// <remarks>
/// Follows RFC 9110 (§14 ranges, §13 preconditions, §10.2.3 Retry-After). 404 and 410 are absence; 401 and 403 are errors. A server
/// without ranges is read by skipping: right, but slow for large objects.
/// </remarks>
public sealed class HttpStore : IStreamStore
{
    private readonly HttpAddress _address;
    private readonly HttpStoreOptions _options;
    private readonly HttpClient _client;
    private readonly RequestPacer? _pacer;
    private readonly HostLoad _load;
    private readonly RangeReader _reader;

    /// <param name="root">The folder that keys are relative to; used as written, with or without a slash at its end.</param>
    public HttpStore(Uri root, HttpStoreOptions? options = null)
    {
        _address = new HttpAddress(root);
        _options = options ?? new HttpStoreOptions();
        _client = _options.Handler is { } handler ? HttpConnections.Client(handler) : HttpConnections.Shared;
        _pacer = RequestPacer.For(root, _options);
        _load = HostLoad.For(root.Authority, _options.Retry);
        _reader = new RangeReader(new Retrier(_options.Retry));
    }

    HostLoad IStreamStore.Load => _load;

    public string Locate(string key) => _address.Text(key);

    public async ValueTask<StoredObject?> FindAsync(string key, CancellationToken cancellation = default)
    {
        var place = Locate(key);
        var (known, found) = await _reader.AskAsync(place, guard => HeadAsync(key, guard), cancellation);
        if (known)
            return found;
        await using var part = await ((IStreamStore)this).OpenAsync(key, 0, 1, null, cancellation);
        if (part is null)
            return null;
        return new StoredObject(
            key,
            part.Total ?? throw new StorageException(place, "got an answer without a size, expected Content-Length or Content-Range. This server does not tell sizes; read the object whole."),
            part.ETag,
            part.Modified);
    }

    public async ValueTask<bool> ReadAsync(string key, long offset, Memory<byte> buffer, CancellationToken cancellation = default) =>
        buffer.Length == 0
            ? await FindAsync(key, cancellation) is not null
            : await _reader.ReadAsync(
                Locate(key), guard => OpenOnceAsync(key, offset, buffer.Length, null, HttpVersion.Version20, guard), offset, buffer, null, cancellation);

    public IAsyncEnumerable<StoredObject> ListAsync(string prefix, CancellationToken cancellation = default) =>
        throw new NotSupportedException($"{Locate(prefix)}: a web server cannot list its objects. Name the files in the configuration, or use the bucket's s3:// address.");

    public ValueTask DisposeAsync()
    {
        if (_options.Handler is not null)
            _client.Dispose();
        return ValueTask.CompletedTask;
    }

    // Bulk transfers take one HTTP/1.1 connection each: streams of one HTTP/2 connection would share its congestion window.
    ValueTask<ObjectPart?> IStreamStore.OpenAsync(string key, long offset, long? length, string? ifMatch, CancellationToken cancellation) =>
        _reader.OpenAsync(Locate(key), guard => OpenOnceAsync(key, offset, length, ifMatch, HttpVersion.Version11, guard), cancellation);

    ValueTask<bool> IStreamStore.ReadAsync(string key, long offset, Memory<byte> buffer, string? ifMatch, CancellationToken cancellation) =>
        _reader.ReadAsync(
            Locate(key), guard => OpenOnceAsync(key, offset, buffer.Length, ifMatch, HttpVersion.Version11, guard), offset, buffer, ifMatch, cancellation);

    /// <returns>Whether HEAD could tell, and what it told.</returns>
    private async ValueTask<(bool Known, StoredObject? Found)> HeadAsync(string key, StallGuard guard)
    {
        using var response = await SendAsync(new HttpRequestMessage(HttpMethod.Head, _address[key]) { Version = HttpVersion.Version20 }, guard);
        if (HttpFailures.IsAbsent(response))
            return (true, null);
        if (HttpFailures.RefusesHead(response))
            return (false, null);
        if (response.StatusCode != HttpStatusCode.OK)
            throw HttpFailures.From(Locate(key), response, _options.Retry.Time);
        if (response.Content.Headers.ContentLength is not { } length || response.Content.Headers.ContentEncoding.Count > 0)
            return (false, null);
        return (true, new StoredObject(key, length, ETagOf(response), response.Content.Headers.LastModified));
    }

    ValueTask<byte[]?> IStreamStore.ReadAllAsync(string key, long maximum, CancellationToken cancellation) =>
        _reader.ReadAllAsync(Locate(key), guard => OpenOnceAsync(key, 0, null, null, HttpVersion.Version20, guard), maximum, cancellation);

    private async ValueTask<ObjectPart?> OpenOnceAsync(string key, long offset, long? length, string? ifMatch, Version version, StallGuard guard)
    {
        var place = Locate(key);
        var request = new HttpRequestMessage(HttpMethod.Get, _address[key]) { Version = version };
        if (offset > 0 || length is not null)
            request.Headers.Range = new RangeHeaderValue(offset, offset + length - 1);
        // A weak ETag never satisfies If-Match (RFC 9110 §13.1.1); the reader compares it instead.
        if (ifMatch is not null && !ifMatch.StartsWith("W/", StringComparison.Ordinal))
            request.Headers.TryAddWithoutValidation("If-Match", $"\"{ifMatch}\"");
        var response = await SendAsync(request, guard);
        try
        {
            if (HttpFailures.IsAbsent(response))
                return null;
            if (response.StatusCode == HttpStatusCode.PreconditionFailed)
                throw new ObjectChangedException(place);
            if (response.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.PartialContent or HttpStatusCode.RequestedRangeNotSatisfiable))
                throw HttpFailures.From(place, response, _options.Retry.Time);
            HttpFailures.RefuseEncoding(place, response);
            var range = HttpRange.Check(response.StatusCode, response.Content.Headers.ContentLength, response.Content.Headers.ContentRange, offset, length);
            var body = range.Length == 0 ? Stream.Null : await response.Content.ReadAsStreamAsync(guard.Token);
            var part = new ObjectPart(place, body, guard, response)
            {
                Skip = range.Skip,
                Length = range.Length,
                Total = range.Total,
                Ranged = range.Ranged,
                ETag = ETagOf(response),
                Modified = response.Content.Headers.LastModified,
                Crc32C = GoogleHash.Crc32COf(response),
            };
            response = null;
            return part;
        }
        finally
        {
            response?.Dispose();
        }
    }

    private async ValueTask<HttpResponseMessage> SendAsync(HttpRequestMessage request, StallGuard guard)
    {
        if (_pacer is not null)
        {
            await _pacer.WaitAsync(guard.Token);
            guard.Progress();
        }

        using (request)
        {
            var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, guard.Token);
            guard.Progress();
            if (response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable)
            {
                // Who asks for longer than anybody would wait is answered with an error each time, not with silence.
                var wait = HttpFailures.RetryAfter(response, _options.Retry.Time);
                _load.Ease(wait <= _options.Retry.MaxRetryAfter ? wait : null);
            }

            return response;
        }
    }

    private static string? ETagOf(HttpResponseMessage response) => response.Headers.ETag switch
    {
        null => null,
        { IsWeak: true } weak => weak.ToString(),
        { Tag: var tag } => tag.Trim('"'),
    };
}
