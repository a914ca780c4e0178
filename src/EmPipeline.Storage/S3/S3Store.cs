using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace EmPipeline.Storage;

/// <summary>
/// Objects of an S3 bucket below a key prefix, through the AWS SDK, with anonymous credentials unless asked otherwise. NoSuchKey is absence; AccessDenied
/// and NoSuchBucket are errors.
/// </summary>
/// <remarks>
/// The SDK's own retries are off: they would hide inside each of ours, end with a message that does not say how often it tried, and could
/// not be tested without waiting.
/// </remarks>
public sealed class S3Store : IStreamStore
{
    private readonly string _bucket;
    private readonly string _prefix;
    private readonly Uri? _endpoint;
    private readonly AmazonS3Client _client;
    private readonly HostLoad _load;
    private readonly RangeReader _reader;
    private readonly bool _signed;

    /// <param name="prefix">What keys are relative to, slash at the end or not; "" for the whole bucket.</param>
    /// <exception cref="StorageException">There are no credentials to sign with.</exception>
    public S3Store(string bucket, string prefix = "", S3StoreOptions? options = null)
    {
        options ??= new S3StoreOptions();
        _bucket = bucket;
        _prefix = prefix.Trim('/');
        _endpoint = options.ServiceUrl;
        var config = new AmazonS3Config
        {
            MaxErrorRetry = 0,
            HttpClientFactory = new S3HttpClientFactory(),
            Timeout = System.Threading.Timeout.InfiniteTimeSpan,
            // Checksums that the SDK would add for whole objects are of no use to ranges, and mirrors do not know them.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        if (options.ServiceUrl is { } service)
        {
            config.ServiceURL = service.AbsoluteUri;
            config.AuthenticationRegion = options.Region;
            config.ForcePathStyle = true;
        }
        else
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(options.Region);
        }

        _signed = options.Signed;
        _client = new AmazonS3Client(_signed ? S3Credentials.Find(Locate("")) : new AnonymousAWSCredentials(), config);
        _load = HostLoad.For(options.ServiceUrl?.Authority ?? $"s3://{bucket}", options.Retry);
        _reader = new RangeReader(new Retrier(options.Retry));
    }

    HostLoad IStreamStore.Load => _load;

    public string Locate(string key) => $"s3://{_bucket}/{FullKey(key)}{(_endpoint is null ? "" : $" (at {_endpoint.GetLeftPart(UriPartial.Authority)})")}";

    public ValueTask<StoredObject?> FindAsync(string key, CancellationToken cancellation = default)
    {
        StoreKey.Check(Locate(""), key);
        var request = new GetObjectMetadataRequest { BucketName = _bucket, Key = FullKey(key) };
        return _reader.AskAsync<StoredObject?>(
            Locate(key),
            async guard => await CallAsync(key, () => _client.GetObjectMetadataAsync(request, guard.Token)) is { } found
                ? new StoredObject(key, found.ContentLength, found.ETag?.Trim('"'), Utc(found.LastModified))
                : null,
            cancellation);
    }

    public async ValueTask<bool> ReadAsync(string key, long offset, Memory<byte> buffer, CancellationToken cancellation = default) =>
        buffer.Length == 0
            ? await FindAsync(key, cancellation) is not null
            : await _reader.ReadAsync(Locate(key), guard => OpenOnceAsync(key, offset, buffer.Length, null, guard), offset, buffer, null, cancellation);

    public async IAsyncEnumerable<StoredObject> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var start = _prefix.Length == 0 ? 0 : _prefix.Length + 1;
        var request = new ListObjectsV2Request { BucketName = _bucket, Prefix = _prefix.Length == 0 ? prefix : $"{_prefix}/{prefix}" };
        do
        {
            var page = await _reader.AskAsync(
                Locate(prefix), guard => CallAsync(prefix, () => _client.ListObjectsV2Async(request, guard.Token)), cancellation)
                ?? throw new StorageException(Locate(prefix), "got 404, expected a bucket. Check its name and region.");
            foreach (var found in page.S3Objects ?? [])
            {
                // What consoles leave to show a folder: no object, and no file could have its name.
                if (found.Key.EndsWith('/') && found.Size is null or 0)
                    continue;
                yield return new StoredObject(found.Key[start..], found.Size ?? 0, found.ETag?.Trim('"'), Utc(found.LastModified));
            }

            if (page.IsTruncated == true && string.IsNullOrEmpty(page.NextContinuationToken))
                throw new StorageException(Locate(prefix), "got part of a listing that does not say how it goes on, expected all of it. Try again, or another mirror.");
            request.ContinuationToken = page.IsTruncated == true ? page.NextContinuationToken : null;
        }
        while (request.ContinuationToken is not null);
    }

    /// <summary>The names of the folders directly below a prefix, in ordinal order; what lies in them is not listed.</summary>
    /// <param name="prefix">A folder, with a slash at its end; "" for the store's own.</param>
    public async IAsyncEnumerable<string> FoldersAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var start = _prefix.Length == 0 ? prefix : $"{_prefix}/{prefix}";
        var request = new ListObjectsV2Request { BucketName = _bucket, Prefix = start, Delimiter = "/" };
        do
        {
            var page = await _reader.AskAsync(
                Locate(prefix), guard => CallAsync(prefix, () => _client.ListObjectsV2Async(request, guard.Token)), cancellation)
                ?? throw new StorageException(Locate(prefix), "got 404, expected a bucket. Check its name and region.");
            foreach (var folder in page.CommonPrefixes ?? [])
                yield return folder[start.Length..].TrimEnd('/');
            request.ContinuationToken = page.IsTruncated == true ? page.NextContinuationToken : null;
        }
        while (request.ContinuationToken is not null);
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    ValueTask<ObjectPart?> IStreamStore.OpenAsync(string key, long offset, long? length, string? ifMatch, CancellationToken cancellation) =>
        _reader.OpenAsync(Locate(key), guard => OpenOnceAsync(key, offset, length, ifMatch, guard), cancellation);

    ValueTask<byte[]?> IStreamStore.ReadAllAsync(string key, long maximum, CancellationToken cancellation) =>
        _reader.ReadAllAsync(Locate(key), guard => OpenOnceAsync(key, 0, null, null, guard), maximum, cancellation);

    ValueTask<bool> IStreamStore.ReadAsync(string key, long offset, Memory<byte> buffer, string? ifMatch, CancellationToken cancellation) =>
        _reader.ReadAsync(Locate(key), guard => OpenOnceAsync(key, offset, buffer.Length, ifMatch, guard), offset, buffer, ifMatch, cancellation);

    private async ValueTask<ObjectPart?> OpenOnceAsync(string key, long offset, long? length, string? ifMatch, StallGuard guard)
    {
        StoreKey.Check(Locate(""), key);
        var request = new GetObjectRequest { BucketName = _bucket, Key = FullKey(key), EtagToMatch = ifMatch is null ? null : $"\"{ifMatch}\"" };
        if (offset > 0 || length is not null)
            request.ByteRange = length is { } count ? new ByteRange(offset, offset + count - 1) : new ByteRange(FormattableString.Invariant($"bytes={offset}-"));
        GetObjectResponse? response;
        try
        {
            response = await CallAsync(key, () => _client.GetObjectAsync(request, guard.Token));
        }
        catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            return new ObjectPart(Locate(key), Stream.Null, guard) { Length = 0, Total = offset == 0 ? 0 : null, Ranged = true };
        }

        if (response is null)
            return null;
        guard.Progress();
        try
        {
            var range = Check(response, offset, length);
            var part = new ObjectPart(Locate(key), response.ResponseStream, guard, response)
            {
                Skip = range.Skip,
                Length = range.Length,
                Total = range.Total,
                Ranged = range.Ranged,
                ETag = response.ETag?.Trim('"'),
                Modified = Utc(response.LastModified),
            };
            response = null;
            return part;
        }
        finally
        {
            response?.Dispose();
        }
    }

    /// <summary>One request besides reading, guarded and repeated.</summary>
    /// <returns>Null for absence.</returns>
    internal ValueTask<T?> AskAsync<T>(string key, Func<AmazonS3Client, StallGuard, Task<T>> ask, CancellationToken cancellation) where T : class
    {
        StoreKey.Check(Locate(""), key);
        return _reader.AskAsync(Locate(key), guard => CallAsync(key, () => ask(_client, guard)), cancellation);
    }

    /// <returns>Null for absence.</returns>
    private async ValueTask<T?> CallAsync<T>(string key, Func<Task<T>> call) where T : class
    {
        try
        {
            return await call();
        }
        catch (AmazonS3Exception e) when (S3Failures.IsAbsent(e))
        {
            return null;
        }
        catch (AmazonServiceException e) when (e.StatusCode != HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            // The SDK keeps to itself how long the server asks to wait.
            if (e.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable)
                _load.Ease(null);
            throw S3Failures.From(Locate(key), e, _signed);
        }
    }

    private static HttpRange Check(GetObjectResponse response, long offset, long? length)
    {
        var range = ContentRangeHeaderValue.TryParse(response.ContentRange, out var parsed) ? parsed : null;
        return HttpRange.Check(response.HttpStatusCode, response.Headers.ContentLength, range, offset, length);
    }

    private static DateTimeOffset? Utc(DateTime? time) => time is { } known ? new DateTimeOffset(known.ToUniversalTime()) : null;

    internal string Bucket => _bucket;

    internal string FullKey(string key) => StoreKey.Join(_prefix, key);
}
