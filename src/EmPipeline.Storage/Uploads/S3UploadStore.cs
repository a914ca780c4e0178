using System.Runtime.CompilerServices;
using Amazon.S3;
using Amazon.S3.Model;

namespace EmPipeline.Storage;

/// <summary>
/// Objects of an S3 bucket below a key prefix, put with their CRC-32C, which the store compares before it takes them. A store that does not give it back is
/// held to its ETag, where that is an MD5.
/// </summary>
internal sealed class S3UploadStore(string bucket, string prefix, S3StoreOptions options) : IUploadStore
{
    private readonly S3Store _objects = new(bucket, prefix, options);

    public string Locate(string key) => _objects.Locate(key);

    public IAsyncEnumerable<StoredObject> ListAsync(string prefix, CancellationToken cancellation) => _objects.ListAsync(prefix, cancellation);

    public async ValueTask<StoredContent?> FindAsync(string key, CancellationToken cancellation)
    {
        var request = new GetObjectMetadataRequest { BucketName = bucket, Key = _objects.FullKey(key), ChecksumMode = ChecksumMode.ENABLED };
        return await _objects.AskAsync(key, (client, guard) => client.GetObjectMetadataAsync(request, guard.Token), cancellation) is { } found
            ? new StoredContent(found.ContentLength, found.ETag?.Trim('"'), found.ChecksumType == ChecksumType.COMPOSITE ? null : S3Checksum.Parse(found.ChecksumCRC32C))
            : null;
    }

    public ValueTask<byte[]?> ReadAsync(string key, CancellationToken cancellation) => _objects.ReadAllAsync(key, cancellation: cancellation);

    public async ValueTask<string?> PutAsync(string key, ReadOnlyMemory<byte> bytes, UploadCondition? condition, CancellationToken cancellation)
    {
        var crc = Crc32C.Compute(bytes.Span);
        try
        {
            return await _objects.AskAsync<string>(
                key,
                async (client, guard) =>
                {
                    var request = new GetPreSignedUrlRequest { BucketName = bucket, Key = _objects.FullKey(key) };
                    return Check(await S3Body.PutAsync(client, request, options.ServiceUrl, bytes, crc, condition, guard), crc, bytes);
                },
                cancellation) ?? throw NoBucket(key);
        }
        catch (ObjectChangedException)
        {
            // The answer to an attempt that went through may have been lost.
            if (await FindAsync(key, cancellation) is { } found && found.Length == bytes.Length && (found.Crc32C == crc || (S3Checksum.IsMd5(found.ETag) && !S3Checksum.Denies(found.ETag, bytes.Span))))
                return found.ETag;
            throw Conflict(key);
        }
    }

    public async ValueTask<UnfinishedUpload> BeginAsync(string key, CancellationToken cancellation)
    {
        var request = new InitiateMultipartUploadRequest
        {
            BucketName = bucket,
            Key = _objects.FullKey(key),
            ContentType = UploadTypes.Of(key),
            ChecksumAlgorithm = ChecksumAlgorithm.CRC32C,
            ChecksumType = ChecksumType.FULL_OBJECT,
        };
        var id = await _objects.AskAsync<string>(
            key, async (client, guard) => Told((await client.InitiateMultipartUploadAsync(request, guard.Token)).UploadId, "an upload's id"), cancellation) ?? throw NoBucket(key);
        return new UnfinishedUpload(key, id);
    }

    public async ValueTask<UploadedPart> PutPartAsync(UnfinishedUpload upload, int number, long offset, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        var crc = Crc32C.Compute(bytes.Span);
        return await OrRefusedAsync(upload, () => _objects.AskAsync<UploadedPart>(
            upload.Key,
            async (client, guard) =>
            {
                var request = new GetPreSignedUrlRequest { BucketName = bucket, Key = _objects.FullKey(upload.Key), UploadId = upload.Id, PartNumber = number };
                return new UploadedPart(number, bytes.Length, Check(await S3Body.PutAsync(client, request, options.ServiceUrl, bytes, crc, null, guard), crc, bytes), crc);
            },
            cancellation)) ?? throw Gone(upload);
    }

    public async ValueTask<string?> CompleteAsync(UnfinishedUpload upload, IReadOnlyList<UploadedPart> parts, UploadCondition? condition, CancellationToken cancellation)
    {
        var (crc, length) = (0u, 0L);
        foreach (var part in parts)
            (crc, length) = (Crc32C.Combine(crc, part.Crc32C!.Value, part.Length), length + part.Length);
        var request = new CompleteMultipartUploadRequest
        {
            BucketName = bucket,
            Key = _objects.FullKey(upload.Key),
            UploadId = upload.Id,
            PartETags = [.. parts.Select(part => new PartETag(part.Number, part.ETag) { ChecksumCRC32C = S3Checksum.Text(part.Crc32C!.Value) })],
            ChecksumCRC32C = S3Checksum.Text(crc),
            ChecksumType = ChecksumType.FULL_OBJECT,
            IfMatch = Quoted(condition?.Version),
            IfNoneMatch = condition is { Version: null } ? "*" : null,
        };
        try
        {
            var told = await OrRefusedAsync(upload, () => _objects.AskAsync<string>(
                upload.Key, async (client, guard) => Told((await client.CompleteMultipartUploadAsync(request, guard.Token)).ETag, "an ETag"), cancellation));
            // Of just these parts, where the ETag tells.
            if (told is not null && (ContentTag.OfParts(parts) is not { } tag || tag == told || S3Checksum.IsMd5(told)))
                return told;
        }
        catch (ObjectChangedException)
        {
            if (await IsThereAsync() is { } done)
                return done;
            throw Conflict(upload.Key);
        }

        // Completed by an attempt whose answer was lost, or aborted by somebody.
        return await IsThereAsync() ?? throw Gone(upload);

        async ValueTask<string?> IsThereAsync() => await FindAsync(upload.Key, cancellation) is { } found && found.Length == length
            && (ContentTag.OfParts(parts) is { } tag ? found.ETag == tag : found.Crc32C == crc) ? found.ETag ?? "" : null;
    }

    public async ValueTask AbortAsync(UnfinishedUpload upload, CancellationToken cancellation)
    {
        var request = new AbortMultipartUploadRequest { BucketName = bucket, Key = _objects.FullKey(upload.Key), UploadId = upload.Id };
        await _objects.AskAsync(upload.Key, (client, guard) => client.AbortMultipartUploadAsync(request, guard.Token), cancellation);
    }

    public async IAsyncEnumerable<UnfinishedUpload> ListUnfinishedAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        var start = _objects.FullKey("");
        var request = new ListMultipartUploadsRequest { BucketName = bucket, Prefix = start.Length == 0 ? null : start + "/" };
        while (true)
        {
            ListMultipartUploadsResponse page;
            try
            {
                page = await _objects.AskAsync("", (client, guard) => client.ListMultipartUploadsAsync(request, guard.Token), cancellation) ?? throw NoBucket("");
            }
            catch (StorageException e) when (e.InnerException is AmazonS3Exception { StatusCode: System.Net.HttpStatusCode.NotImplemented })
            {
                // A server that cannot tell: what it has in parts is begun anew.
                yield break;
            }

            foreach (var found in page.MultipartUploads ?? [])
                yield return new UnfinishedUpload(found.Key[(start.Length == 0 ? 0 : start.Length + 1)..], found.UploadId, found.Initiated is { } begun ? begun.ToUniversalTime() : null);
            if (page.IsTruncated != true || (page.NextKeyMarker, page.NextUploadIdMarker) == (request.KeyMarker, request.UploadIdMarker))
                yield break;
            (request.KeyMarker, request.UploadIdMarker) = (page.NextKeyMarker, page.NextUploadIdMarker);
        }
    }

    public async ValueTask<IReadOnlyList<UploadedPart>> ListPartsAsync(UnfinishedUpload upload, CancellationToken cancellation)
    {
        var parts = new List<UploadedPart>();
        var request = new ListPartsRequest { BucketName = bucket, Key = _objects.FullKey(upload.Key), UploadId = upload.Id };
        while (await _objects.AskAsync(upload.Key, (client, guard) => client.ListPartsAsync(request, guard.Token), cancellation) is { } page)
        {
            parts.AddRange((page.Parts ?? []).Select(part => new UploadedPart(part.PartNumber ?? 0, part.Size ?? 0, part.ETag?.Trim('"') ?? "", S3Checksum.Parse(part.ChecksumCRC32C))));
            var next = page.NextPartNumberMarker?.ToString(System.Globalization.CultureInfo.InvariantCulture);
            if (page.IsTruncated != true || next == request.PartNumberMarker)
                break;
            request.PartNumberMarker = next;
        }

        return parts;
    }

    public async ValueTask DeleteAsync(IReadOnlyList<string> keys, CancellationToken cancellation)
    {
        // Not every server knows how to remove several at once.
        if (keys is [var only])
        {
            var one = new DeleteObjectRequest { BucketName = bucket, Key = _objects.FullKey(only) };
            await _objects.AskAsync(only, (client, guard) => client.DeleteObjectAsync(one, guard.Token), cancellation);
            return;
        }

        foreach (var some in keys.Chunk(1000))
        {
            var request = new DeleteObjectsRequest { BucketName = bucket, Quiet = true, Objects = [.. some.Select(key => new KeyVersion { Key = _objects.FullKey(key) })] };
            try
            {
                await _objects.AskAsync(some[0], (client, guard) => client.DeleteObjectsAsync(request, guard.Token), cancellation);
            }
            catch (StorageException e) when (e.InnerException is DeleteObjectsException { Response.DeleteErrors: [var first, ..] })
            {
                throw new StorageException(Locate(some[0]), $"got {first.Code} for {first.Key}, expected that it is removed. Check what the credentials may do.", e);
            }
        }
    }

    public ValueTask DisposeAsync() => _objects.DisposeAsync();

    private static string? Quoted(string? etag) => etag is null ? null : $"\"{etag}\"";

    /// <summary>What a store has to answer: another server that answers for it, with a page to log in to, does not.</summary>
    private static string Told(string? value, string what) => value?.Trim('"') is { Length: > 0 } told ? told : throw new TransientException($"an answer without {what}");

    /// <summary>Holds the store to what it says it has.</summary>
    /// <returns>The ETag.</returns>
    private static string Check(S3Answer answer, uint crc, ReadOnlyMemory<byte> bytes)
    {
        var tag = Told(answer.ETag, "an ETag");
        // Where a store encrypts with keys of its own, an ETag looks like an MD5 and is none.
        var differs = S3Checksum.Parse(answer.Crc32C) is { } told ? told != crc : answer.Encryption is null or "AES256" && S3Checksum.Denies(tag, bytes.Span);
        if (differs)
            throw new TransientException($"another checksum ({answer.Crc32C ?? answer.ETag}) than that of what was sent");
        return tag;
    }

    /// <summary>Tells what a store does not take for this upload from a store that does not answer.</summary>
    private async ValueTask<T?> OrRefusedAsync<T>(UnfinishedUpload upload, Func<ValueTask<T?>> ask)
    {
        try
        {
            return await ask();
        }
        catch (StorageException e) when (e.InnerException is AmazonS3Exception { StatusCode: System.Net.HttpStatusCode.BadRequest } refusal)
        {
            throw new StorageException(
                Locate(upload.Key), $"got 400 {refusal.ErrorCode}: {refusal.Message.TrimEnd('.')}, expected that parts are taken. If somebody else began this upload, abort it; run again.", e, StorageFault.Conflict);
        }
    }

    private StorageException Conflict(string key) => new(
        Locate(key), "got another object than a moment ago, expected that nobody else writes here. Find out who does, and run again.", fault: StorageFault.Conflict);

    private StorageException NoBucket(string key) => new(Locate(key), "got 404, expected a bucket. Check its name and region.", fault: StorageFault.Absent);

    private StorageException Gone(UnfinishedUpload upload) =>
        new(Locate(upload.Key), "got no such upload, expected the one in parts that was begun. Somebody aborted it; run again.", fault: StorageFault.Conflict);
}
